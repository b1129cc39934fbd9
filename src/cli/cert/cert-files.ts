// SPDX-License-Identifier: Apache-2.0

import { lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import type { CertificatePair } from '../../demo/index.ts';
import { fileFault } from '../../errors/index.ts';
import { createFile, makeFolder, replaceFile } from '../../files/index.ts';
import { CommandFailure, couldNotRun } from '../exit-code.ts';
import { yamlText } from '../output-format.ts';

export interface PairFiles {
  readonly certificate: string;
  readonly key: string;
}

/**
 * Writes a certificate and its key (readable by their owner only), directories included. Exit code 3 when a file is
 * there already and `overwrite` is false, or cannot be written; then the certificate is not written either.
 */
export async function writePair(
  pair: CertificatePair,
  files: PairFiles,
  options: { readonly overwrite: boolean },
): Promise<void> {
  const write = options.overwrite ? replaceFile : createFile;
  const folder = dirname(files.key);
  try {
    makeFolder(folder);
    const taken = [files.key, files.certificate].some(path => lstatSync(path, { throwIfNoEntry: false }) !== undefined);
    if (taken && !options.overwrite) throw isThere(files);
    await write(files.key, pair.key);
    await write(files.certificate, pair.chain, 0o644);
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST') throw isThere(files);
    throw couldNotRun(
      `the certificate cannot be written to ${folder}: ${fileFault(error)}`,
      'Choose a folder that you may write to with --out.',
    );
  }
}

function isThere({ key, certificate }: PairFiles): CommandFailure {
  return couldNotRun(`${key} or ${certificate} is there already`, 'Overwrite it with --force.');
}

/** The pair as a `kubernetes.io/tls` Secret, as `kubectl create secret tls --dry-run=client -o yaml` prints it. */
export function secretYaml(pair: CertificatePair, ref: { readonly namespace: string; readonly name: string }): string {
  return yamlText({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: ref.name, namespace: ref.namespace },
    type: 'kubernetes.io/tls',
    data: {
      'tls.crt': Buffer.from(pair.chain).toString('base64'),
      'tls.key': Buffer.from(pair.key).toString('base64'),
    },
  });
}
