// SPDX-License-Identifier: Apache-2.0
import { EXIT, usageError } from '../exit-code.ts';
import { writeMissing } from '../missing-name.ts';
import { isCluster } from '../open-source.ts';
import type { Terminal } from '../terminal.ts';
import { watchObjects } from '../watch.ts';
import { type Asked, selectObjects } from './get-selection.ts';
import { type GetOptions, writeSelection } from './object-output.ts';

/** `get KIND [NAME…]`: as kubectl shows them. 1 when a name is not there. */
export async function runGet(asked: Asked, options: GetOptions, terminal: Terminal): Promise<number> {
  if (options.watch === true && options.filename !== undefined) {
    throw usageError('-w asks a running daemun, so -f makes no sense with it', 'Leave out one of the two');
  }
  if (options.watch === true && isCluster(options)) {
    throw usageError('-w asks a running daemun, and a cluster is read once', 'Use kubectl get -w');
  }
  const { source, query, ...selection } = await selectObjects(asked, options, terminal);
  writeSelection(selection, options, terminal);
  const missing = options.ignoreNotFound === true ? [] : selection.missing;
  if (missing.length > 0) {
    await writeMissing(missing, source, terminal);
    return EXIT.refused;
  }
  if (options.watch === true) await watchObjects({ source, query, first: selection.found, options, terminal });
  return EXIT.ok;
}
