// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { replacedKeys, replaceValues } from './replaced-map.ts';

const KEYS = Array.from({ length: 50 }, (_, index) => `key-${index}`);
const STEPS = fc.array(fc.array(fc.tuple(fc.constantFrom(...KEYS), fc.nat()), { maxLength: 40 }), { maxLength: 12 });

describe('replaceValues', () => {
  it('is what a copy would be, in every way to read it, and leaves what it was made of alone', () => {
    fc.assert(
      fc.property(STEPS, steps => {
        let copy = new Map(KEYS.map(key => [key, -1]));
        let map: ReadonlyMap<string, number> = new Map(copy);
        for (const step of steps) {
          const [before, entries] = [map, [...map]];
          copy = new Map([...copy, ...step]);
          map = replaceValues(map, new Map(step));
          assert.deepEqual([...before], entries);
          assert.deepEqual([...map], [...copy]);
          assert.deepEqual([...map.keys()], [...copy.keys()]);
          assert.deepEqual([...map.values()], [...copy.values()]);
          const visited: [string, number][] = [];
          map.forEach((value, key) => void visited.push([key, value]));
          assert.deepEqual(visited, [...copy]);
          assert.equal(map.size, copy.size);
          for (const key of [...KEYS, 'another']) assert.equal(map.get(key), copy.get(key));
          assert.deepEqual([map.has('key-0'), map.has('another')], [true, false]);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('replacedKeys', () => {
  it('names every key whose value differs, or says that any may', () => {
    fc.assert(
      fc.property(STEPS, steps => {
        const maps: ReadonlyMap<string, number>[] = [new Map(KEYS.map(key => [key, -1]))];
        for (const step of steps) maps.push(replaceValues(maps.at(-1) ?? new Map(), new Map(step)));
        for (const before of maps) {
          for (const after of maps) {
            const named = replacedKeys(before, after);
            if (named === undefined) continue;
            const known = new Set(named);
            const unnamed = KEYS.filter(key => before.get(key) !== after.get(key) && !known.has(key));
            assert.deepEqual(unnamed, []);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it('names one key after one replacement, and none that both maps share', () => {
    const before = new Map(KEYS.map(key => [key, -1]));
    const after = replaceValues(before, new Map([['key-7', 1]]));
    assert.deepEqual([...(replacedKeys(before, after) ?? KEYS)], ['key-7']);
    assert.equal(replacedKeys(before, new Map(before)), undefined);
  });

  it('knows what was made of one map in different ways', () => {
    const before = new Map(KEYS.map(key => [key, -1]));
    const [tried, after] = [
      replaceValues(before, new Map([['key-7', 1]])),
      replaceValues(before, new Map([['key-9', 1]])),
    ];
    assert.deepEqual(replacedKeys(before, after), ['key-9']);
    assert.deepEqual(replacedKeys(tried, after), ['key-7', 'key-9']);
    assert.equal(replacedKeys(new Map(before), after), undefined);
  });

  it('names the keys of each replacement, also where a copy is made', () => {
    let map: ReadonlyMap<string, number> = new Map(KEYS.map(key => [key, -1]));
    for (let at = 0; at < 200; at++) {
      const key = KEYS[at % KEYS.length] ?? '';
      const after = replaceValues(map, new Map([[key, at]]));
      assert.deepEqual(replacedKeys(map, after), [key]);
      map = after;
    }
  });
});
