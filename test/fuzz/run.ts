// SPDX-License-Identifier: Apache-2.0

/**
 * `npm run fuzz [-- --seconds 60] [--target NAME] [--seed N] [--keep]`: inputs for everything of ours that reads bytes from
 * strangers, guided by which code they reach. `--keep` writes the corpus anew, with what reached new code. A finding is
 * added to the corpus, so that `npm test` fails until it is mended; exit code 1.
 */
import { parseArgs } from 'node:util';
import { keepFinding, readCorpus, writeCorpus } from './corpus.ts';
import { Coverage } from './coverage.ts';
import { fuzz } from './fuzz.ts';
import { Random } from './random.ts';
import type { FuzzTarget } from './target.ts';
import { TARGETS } from './targets/index.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    target: { type: 'string' },
    seed: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});
const targets = TARGETS.filter(target => values.target === undefined || target.name === values.target);
if (targets.length === 0) {
  process.stderr.write(`no target "${values.target}"; there are ${TARGETS.map(target => target.name).join(', ')}\n`);
  process.exit(2);
}
const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
const msEach = (Number(values.seconds) * 1_000) / targets.length;
for (const target of targets) fuzzOne(target);

function fuzzOne(target: FuzzTarget): void {
  const coverage = new Coverage();
  const endMs = performance.now() + msEach;
  const corpus = readCorpus(target.name);
  const random = new Random(seed);
  const { runs, added, finding } = fuzz({ target, corpus, random, coverage, isOver: () => performance.now() > endMs });
  coverage.close();
  const told = `${target.name}: ${runs} inputs, ${coverage.blocks} blocks, ${added.length} inputs reached new code`;
  const kept = values.keep ? `, ${writeCorpus(target, [...corpus, ...added])} kept in all` : '';
  process.stdout.write(`${told}${kept}; seed ${seed}\n`);
  if (finding === null) return;
  keepFinding(target.name, finding.input);
  process.stdout.write(`FOUND ${finding.error.stack}\n${finding.input.toString('hex')}\nis in the corpus now\n`);
  process.exitCode = 1;
}
