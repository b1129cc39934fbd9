// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readCorpus } from './corpus.ts';
import { Coverage } from './coverage.ts';
import { fuzz, tryInput } from './fuzz.ts';
import { mutate } from './mutate.ts';
import { Random } from './random.ts';
import type { FuzzTarget } from './target.ts';
import { TARGETS } from './targets/index.ts';

/** Inputs made from each corpus in a test run; `npm run fuzz` makes as many as its time allows. */
const MUTANTS = 300;

for (const target of TARGETS) {
  describe(`fuzzing ${target.name}`, () => {
    const corpus = [...target.seeds, ...readCorpus(target.name)];

    it('finds nothing in the corpus', () => {
      for (const input of corpus) assert.equal(tryInput(target, input), null, input.toString('hex'));
    });

    it(`finds nothing in ${MUTANTS} inputs near it`, () => {
      const random = new Random(1);
      for (let run = 0; run < MUTANTS; run++) {
        const base = random.pick(corpus) as Buffer;
        const input = mutate(base, { corpus, dictionary: target.dictionary }, random);
        assert.equal(tryInput(target, input), null, input.toString('hex'));
      }
    });
  });
}

describe('the fuzzer', () => {
  /** Fails on one word only, behind five comparisons. */
  const picky: FuzzTarget = {
    name: 'picky',
    dictionary: [Buffer.from('dae'), Buffer.from('mun')],
    seeds: [Buffer.from('x')],
    run(input) {
      if (input.toString('latin1') === 'daemun') throw new Error('found');
    },
  };

  it('finds an input that breaks its target, and stops there', () => {
    const coverage = new Coverage();
    const options = { target: picky, corpus: [], random: new Random(7), coverage };
    const { finding, runs } = fuzz({ ...options, isOver: runs => runs > 200_000 });
    coverage.close();
    assert.equal(finding?.input.toString(), 'daemun');
    assert.ok(runs > 1);
  });
});
