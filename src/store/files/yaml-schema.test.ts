// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { load } from 'js-yaml';
import { KUBERNETES_YAML } from './yaml-schema.ts';

const read = (text: string) => load(text, { schema: KUBERNETES_YAML });

function assertRead(cases: Readonly<Record<string, unknown>>): void {
  for (const [text, value] of Object.entries(cases)) {
    assert.deepEqual(read(`a: ${text}\n`), { a: value }, text);
  }
}

describe('scalars are read as an API server reads them', () => {
  it('integers, in Go’s spellings', () => {
    assertRead({ '80': 80, '+80': 80, '-0x1f': -31, '0X1F': 31, '0B11': 3, '0o10': 8, '0O10': 8, '010': 8 });
    assertRead({ '1_000': 1000, '+_1': 1, '1_': 1, '0_7': 7, '00': 0 });
    assertRead({ '18446744073709551615': 2 ** 64, '0x8000000000000000': 2 ** 63 });
  });

  it('fractions and powers', () => {
    assertRead({ '80.0': 80, '80.': 80, '.5': 0.5, '8e1': 80, '1_e3': 1000, '1_0.5': 10.5, '08': 8, '.INF': Infinity });
  });

  it('what only looks like a number is a string', () => {
    const strings = ['_1', '0x', '0b12', '0xg', '._5', '1e400', '.e3', '0x1FFFFFFFFFFFFFFFF', 'inf', 'NaN', '1,000'];
    assertRead(Object.fromEntries(strings.map(text => [text, text])));
  });

  it('no base 60, no dates', () => {
    const strings = ['12:30', '1:30:00', '190:20:30.15', '2020-01-01', '2020-01-01T00:00:00Z', '2020-01-01 00:00:00'];
    assertRead(Object.fromEntries(strings.map(text => [text, text])));
  });

  it('the booleans of YAML 1.1, with their spellings of upper and lower case', () => {
    assertRead({ yes: true, On: true, y: true, TRUE: true, no: false, OFF: false, N: false });
    assertRead({ yES: 'yES', tRUE: 'tRUE', '"yes"': 'yes', "'on'": 'on', '!!str yes': 'yes' });
  });

  it('null in five spellings', () => {
    assertRead({ '': null, '~': null, null: null, Null: null, NULL: null, nULL: 'nULL', '"~"': '~', nil: 'nil' });
  });

  it('strings of several lines', () => {
    assertRead({ '|\n  x\n  y\n': 'x\ny\n', '>-\n  x\n  y\n\n  z\n': 'x y\nz', 'x\n  y\n': 'x y', '"x\\\n  y"': 'xy' });
  });
});

describe('tags', () => {
  it('that an API server does not know are ignored: their scalars are strings', () => {
    assertRead({ '!foo 80': '80', '!foo abc': 'abc', '!foo "80"': '80', '! 80': '80', '!a': '', '!!foo 80': '80' });
    assertRead({
      '!foo {b: 1}': { b: 1 },
      '!foo [1]': [1],
      '!!str {b: 1}': { b: 1 },
      '!!timestamp 2020-01-01': '2020-01-01',
    });
    assert.deepEqual(read('!foo\na: 1\n'), { a: 1 });
  });

  it('that it knows count', () => {
    assertRead({ '!!str 80': '80', '!!int "80"': 80, '!!float 80': 80, '!!bool yes': true, '!!null ""': null });
    assertRead({ '!!binary aGVsbG8=': 'hello' });
    assert.throws(() => read('a: !!int x'));
  });
});

describe('the names of fields', () => {
  it('are what the scalars are', () => {
    assert.deepEqual(read('{1: a, 0x10: b, yes: c, 1.50: d, "010": e}'), {
      1: 'a',
      16: 'b',
      true: 'c',
      1.5: 'd',
      '010': 'e',
    });
  });

  it('are not null, not lists, not mappings', () => {
    for (const text of ['~: a', 'null: a', '[a]: b', '{a: b}: c']) assert.throws(() => read(text), text);
  });
});
