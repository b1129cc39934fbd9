// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compareStrings } from '../values/index.ts';
import { changedKeys, updateSorted } from './changes.ts';

const key = fc.constantFrom('a', 'b', 'b-c', 'c/d', 'e', 'f');

describe('changedKeys', () => {
  it('names what was added, removed or replaced', () => {
    const same = {};
    const before = new Map([
      ['same', same],
      ['gone', {}],
      ['new value', {}],
    ]);
    const after = new Map([
      ['same', same],
      ['new value', {}],
      ['added', {}],
    ]);
    assert.deepEqual([...changedKeys(before, after)].sort(), ['added', 'gone', 'new value']);
  });

  it('names nothing for the same map', () => {
    const map = new Map([['a', 1]]);
    assert.deepEqual(changedKeys(map, map), []);
  });
});

describe('updateSorted', () => {
  it('gives what a sort of everything gives', () => {
    fc.assert(
      fc.property(
        fc.dictionary(key, fc.nat()),
        fc.array(fc.tuple(key, fc.option(fc.nat(), { nil: undefined }))),
        (start, edits) => {
          const before = new Map(Object.entries(start).sort(([a], [b]) => compareStrings(a, b)));
          const changes = new Map(edits);
          const expected = new Map<string, number>(before);
          for (const [name, value] of changes) {
            if (value === undefined) expected.delete(name);
            else expected.set(name, value);
          }
          assert.deepEqual(
            [...updateSorted(before, changes)],
            [...expected].sort(([a], [b]) => compareStrings(a, b)),
          );
        },
      ),
    );
  });

  it('keeps the map when there is nothing to do', () => {
    const map = new Map([['a', 1]]);
    assert.equal(updateSorted(map, new Map()), map);
  });
});
