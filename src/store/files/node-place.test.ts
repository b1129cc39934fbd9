// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NodePlaces } from './node-place.ts';

const TEXT = `--- # first
a: &x "q"
"b": {c: 1, c: 2}
list:
- |
  text
- [1, {z: }]
- *x
yes: {0x10: v}
...
- other
`;

describe('places of nodes in a text', () => {
  const places = new NodePlaces(TEXT);
  const placeOf = (value: number, ...path: (string | number)[]) => {
    const { line, column } = places.find(value, path);
    return `${line}:${column}`;
  };

  it('are those of keys and of items', () => {
    assert.equal(placeOf(0, 'a'), '2:1');
    assert.equal(placeOf(0, 'b'), '3:1', 'at its quote');
    assert.equal(placeOf(0, 'list', 1, 1, 'z'), '7:8');
    assert.equal(placeOf(0, 'list', 2), '8:3', 'of the alias, not of what it stands for');
  });

  it('are of the last of two keys', () => assert.equal(placeOf(0, 'b', 'c'), '3:13'));

  it('are found by names as kubectl reads them', () => assert.equal(placeOf(0, 'true', '16'), '9:7'));

  it('are of the deepest node there is', () => {
    assert.equal(placeOf(0, 'b', 'none', 'x'), '3:1');
    assert.equal(placeOf(0, 'none'), '2:1');
    assert.equal(placeOf(0, 'list', 9), '4:1');
  });

  it('are told of each value of a text', () => assert.equal(placeOf(1, 0), '11:3'));

  it('are the beginning of what is no YAML', () => {
    assert.deepEqual(new NodePlaces('a: b: c').find(0, ['a']), { line: 1, column: 1 });
  });
});
