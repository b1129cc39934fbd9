// SPDX-License-Identifier: Apache-2.0

/**
 * Compares our verdicts with an API server's, over every single mutation and over random ones:
 *
 *     node test/agreement/run.ts [--kubeconfig FILE] [--random N] [--seed N] [--every N] [--from N] [--distinct] [--kind K] [--show N] [--files]
 *
 * `--every N` takes each N-th of the systematic mutants only (0: none), `--from N` begins with the N-th, and `--distinct` takes
 * those first to which we say something that we do not say to others. `--kind K` takes systematic mutants of one kind only.
 * `--files` reads every object from a file, as `daemun check` does, and doubles fields in their text. Prints the disagreements
 * in groups, and which fields and rules of the CRDs no mutant was refused for; exit code 1 when there is a disagreement. Needs
 * the test cluster, reachable from here (KUBE_HARNESS_HOST_LINK=1).
 */
import { parseArgs } from 'node:util';
import { COMPARED, type Comparison, compareAll, type Disagreement, ourVerdict } from './compare.ts';
import { Coverage } from './coverage.ts';
import { distinctMutants } from './distinct.ts';
import { duplicateKeyTexts } from './duplicate-keys.ts';
import { FileReader } from './file-verdict.ts';
import type { Json } from './json.ts';
import { everyMutant, type Mutant, randomMutants } from './mutate.ts';
import { Oracle } from './oracle.ts';

const { values } = parseArgs({
  options: {
    kubeconfig: { type: 'string', default: process.env['KUBECONFIG'] ?? '' },
    random: { type: 'string', default: '6000' },
    seed: { type: 'string', default: '1' },
    every: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    kind: { type: 'string', default: '' },
    distinct: { type: 'boolean', default: false },
    show: { type: 'string', default: '40' },
    files: { type: 'boolean', default: false },
  },
});

function* mutants(): Generator<Mutant> {
  const step = Number(values.every);
  const from = Number(values.from);
  if (values.distinct) yield* distinctMutants();
  let index = 0;
  if (step > 0) {
    for (const mutant of everyMutant()) {
      if (values.kind !== '' && !mutant.name.startsWith(`${values.kind} `)) continue;
      if (index % step === from % step && index >= from) yield mutant;
      index += 1;
    }
  }
  yield* randomMutants(Number(values.seed), Number(values.random));
}

function print(groups: ReadonlyMap<string, readonly Disagreement[]>): void {
  for (const [group, members] of [...groups].slice(0, Number(values.show))) {
    const [first] = members;
    process.stdout.write(
      `\n${members.length} × ${group}\n  ${first?.mutant.name}\n  ours: ${first?.ours.slice(0, 300)}\n`,
    );
    process.stdout.write(`  API server: ${first?.verdict.message.slice(0, 400) || 'takes it'}\n`);
  }
}

function printCoverage({ byKind }: Comparison, coverage: Coverage): void {
  const { fields, rules, missed } = coverage.report();
  const kinds = [...byKind].filter(([kind]) => coverage.has(kind)).map(([kind, count]) => `${kind} ${count}`);
  process.stdout.write(
    `\n${kinds.join(', ')}\n${fields} fields and ${rules} rules of the CRDs, ${missed.length} of them never refused for\n`,
  );
  for (const part of missed) process.stdout.write(`  ${part}\n`);
}

/** Fields that are written twice: an API server refuses them all. */
async function missedDuplicates(reader: FileReader): Promise<number> {
  let missed = 0;
  for (const { name, text } of duplicateKeyTexts()) {
    const ours = await reader.judgeText(text, 'json');
    if (ours.includes('schema/')) continue;
    missed += 1;
    if (missed <= 3)
      process.stdout.write(`\n${name}\n  ours: ${ours}\n  API server: refuses a field that is there twice\n`);
  }
  return missed;
}

const oracle = new Oracle(values.kubeconfig);
const reader = new FileReader();
try {
  const judge = values.files ? (object: Json) => reader.judgeObject(object) : ourVerdict;
  const definitions = await Promise.all([...COMPARED.values()].map(kind => oracle.definitionOf(kind)));
  const coverage = new Coverage(definitions);
  const report = await compareAll(oracle, mutants(), judge, coverage);
  print(report.disagreements);
  const { judged, refused, skipped } = report;
  printCoverage(report, coverage);
  const differing = [...report.disagreements.values()].flat().length;
  const missed = values.files ? await missedDuplicates(reader) : 0;
  process.stdout.write(
    `\n${judged} objects judged, ${refused} refused, ${skipped} skipped; ${differing + missed} disagreements\n`,
  );
  process.exitCode = differing + missed === 0 ? 0 : 1;
} finally {
  oracle.close();
  reader.close();
}
