// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { until } from '../time/until.test-support.ts';
import { compilePattern } from './anchored-pattern.ts';
import { PatternMemory } from './pattern-memory.ts';
import { PatternVerdicts } from './pattern-verdicts.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Of a pattern that was given 100 bytes. */
class States {
  readonly maxMem = 100;
  memBudget = 100;
  clearCache(): void {
    this.memBudget = this.maxMem;
  }
}

/** States that nobody but the memory knows of any more. */
function noted(memory: PatternMemory): States {
  const states = new States();
  states.memBudget = 40;
  memory.note(states);
  return states;
}

/** Every text of a and b, 16 of them in the last place but so many, leads it to states of its own. */
const FORKING = '(a|b)*a(a|b){16}';

/** As many texts of the two letters as asked for, the same in every run. */
function* textsOf(count: number): Iterable<string> {
  let seed = 1;
  for (let text = 0; text < count; text++)
    yield Array.from({ length: 2_000 }, () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed & 64 ? 'a' : 'b';
    }).join('');
}

describe('what patterns remember of texts', () => {
  it('is counted for all of them, and forgotten by those that hold the most when it is too much', () => {
    const memory = new PatternMemory(100);
    const [one, two] = [new States(), new States()];
    one.memBudget = 40;
    memory.note(one);
    memory.note(one);
    assert.equal(memory.size, 60);
    two.memBudget = 70;
    memory.note(two);
    assert.equal(memory.size, 90);
    two.memBudget = 50;
    memory.note(two);
    assert.deepEqual([memory.size, one.memBudget, two.memBudget], [50, 100, 50]);
    one.memBudget = 99;
    memory.note(one);
    two.memBudget = 49;
    memory.note(two);
    assert.equal(memory.size, 52);
  });

  it('keeps no pattern alive that its route has no more', async () => {
    const memory = new PatternMemory();
    const gone = new WeakRef(noted(memory));
    await until(() => {
      collectGarbage();
      return gone.deref() === undefined;
    });
    assert.equal(memory.size, 60);
  });

  it('stays with the patterns that hold little, whatever others are led to', () => {
    const verdicts = new PatternVerdicts({ maxVerdicts: 1 });
    const [usual, ...attacked] = ['.*(x|y)a', FORKING, `${FORKING}|c`, `${FORKING}|d`].map(source =>
      compilePattern(source, verdicts),
    );
    assert.ok(usual !== undefined);
    assert.equal(usual.takes('abxa'), true);
    const known = verdicts.memory.size;
    let falls = 0;
    for (const text of textsOf(24)) {
      for (const pattern of attacked) {
        const before = verdicts.memory.size;
        verdicts.work.begin();
        pattern.takes(text);
        if (verdicts.memory.size < before) falls++;
      }
    }
    assert.ok(known > 0 && falls > 2, `${known}, ${falls}`);
    // Not a step of it is worked out anew.
    verdicts.work.begin();
    assert.throws(() => verdicts.work.spend(Number.MAX_SAFE_INTEGER));
    assert.equal(usual.takes('abxa'), true);
  });

  it('is bounded, however many patterns there are and whatever texts come', () => {
    const verdicts = new PatternVerdicts();
    const patterns = Array.from({ length: 4 }, (_, at) => compilePattern(`${FORKING}|${at}`, verdicts));
    let [most, fell] = [0, false];
    for (const text of textsOf(24)) {
      for (const pattern of patterns) {
        const before = verdicts.memory.size;
        verdicts.work.begin();
        assert.equal(pattern.takes(text), text.at(-17) === 'a');
        fell ||= verdicts.memory.size < before;
        most = Math.max(most, verdicts.memory.size);
      }
    }
    assert.ok(fell, `${most} bytes were never given back`);
    assert.ok(most <= 16 << 20, String(most));
  });
});
