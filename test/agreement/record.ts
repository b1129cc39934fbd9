// SPDX-License-Identifier: Apache-2.0

/**
 * Writes `verdicts.jsonl`: what an API server says to a sample of mutated objects, for `agreement.test.ts`.
 *
 *     node test/agreement/record.ts [KUBECONFIG]
 */
import { writeFileSync } from 'node:fs';
import { askOracle, makeNamespaces } from './compare.ts';
import { distinctMutants } from './distinct.ts';
import { type Mutant, randomMutants } from './mutate.ts';
import { Oracle } from './oracle.ts';

const RANDOM = 400;
const MAX_LENGTH = 400;

function* sample(): Generator<Mutant> {
  yield* distinctMutants();
  yield* randomMutants(4242, RANDOM);
}

const oracle = new Oracle(process.argv[2] ?? process.env['KUBECONFIG'] ?? '');
try {
  await makeNamespaces(oracle);
  const lines: string[] = [];
  for (const { seed, edits, object } of sample()) {
    const verdict = await askOracle(oracle, object);
    const line = JSON.stringify({ seed, edits, isRefused: verdict?.isRefused });
    if (verdict !== undefined && line.length <= MAX_LENGTH) lines.push(line);
  }
  writeFileSync(new URL('verdicts.jsonl', import.meta.url), `${lines.join('\n')}\n`);
  process.stdout.write(`${lines.length} verdicts\n`);
} finally {
  oracle.close();
}
