// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { growthFactor, LINEAR_FACTOR } from '../../wire/scale.test-support.ts';
import { NOWHERE } from '../entry-index.ts';
import { PatternVerdicts } from '../pattern-verdicts.ts';
import { CompiledHttpMatch } from './compiled-http-match.ts';
import { HttpIndex } from './http-index.ts';
import { queryValue, splitTarget } from './http-target.ts';

const ROWS: readonly (readonly [what: string, query: string, name: string, value: string | undefined])[] = [
  ['the first of several', 'a=1&b=2&b=3', 'b', '2'],
  ['what is decoded', 'b=x%20y%26z', 'b', 'x y&z'],
  ['what is no encoding, as it stands', 'b=100%&a', 'b', '100%'],
  ['nothing of a parameter without one', 'a&b&c', 'b', ''],
  ['nothing of an empty one', 'b=&a=1', 'b', ''],
  ['what stands behind its first =', 'b=c=d', 'b', 'c=d'],
  ['that of a name that is encoded, in part or in full', 'a=1&%62%2d%42=2', 'b-B', '2'],
  ['that of a name with a percent sign', 'a%=1&a%25=2', 'a%', '1'],
  ['that of a name with an ampersand, which has to be encoded', 'a&b=1&a%26b=2', 'a&b', '2'],
  ['none of a name that only begins so', 'bc=1&b%63=2', 'b', undefined],
  ['none of a name that is longer', 'a=1&b', 'bc', undefined],
  ['none of a name in another case', 'B=1', 'b', undefined],
  ['none of a value that reads like the name', 'a=b&c=%62', 'b', undefined],
  ['none of no query', '', 'b', undefined],
];

describe('the value of a query parameter', () => {
  for (const [what, query, name, value] of ROWS) it(`is ${what}`, () => assert.equal(queryValue(query, name), value));

  for (const pair of ['&', 'a&', '%&', '%ff&', 'version%&', 'a=1&'])
    it(`is looked for in linear time among parameters like ${pair}`, () => {
      const factor = growthFactor(65_000, characters => {
        assert.equal(queryValue(pair.repeat(characters / pair.length), 'version'), undefined);
      });
      assert.ok(factor < LINEAR_FACTOR, `a query that is 10 times as long costs ${factor} times as much`);
    });

  it('costs no more to look for where other names are no sound encoding', () => {
    // Together: the kernel only guesses which part is which.
    const cpuMicros = (): number => process.cpuUsage().user + process.cpuUsage().system;
    const cost = (pair: string): number => {
      const query = pair.repeat(4_000);
      const before = cpuMicros();
      for (let times = 0; times < 10; times++) queryValue(query, 'version');
      return cpuMicros() - before;
    };
    const costs = (pair: string): number => Math.min(...[0, 1, 2, 3].map(() => cost(pair)));
    const [sound, unsound] = [costs('aaa=&'), costs('%ff=&')];
    assert.ok(unsound < 10 * sound, `${unsound} µs beside ${sound} µs`);
  });

  it('is looked for once, however many rules ask', () => {
    const query = '&'.repeat(65_000);
    const indexOf = (rules: number): HttpIndex =>
      new HttpIndex(
        Array.from({ length: rules }, (_, place) => {
          const param = { kind: 'exact', name: 'tenant', value: String(place) } as const;
          const path = { kind: 'prefix', value: '/' } as const;
          const source = { kind: 'http', method: null, path, headers: [], queryParams: [param] } as const;
          return { place, match: new CompiledHttpMatch(source, new PatternVerdicts()) };
        }),
      );
    const request = {
      method: 'GET',
      path: `/?${query}`,
      isGrpc: false,
      called: null,
      header: () => undefined,
    };
    const cost = (index: HttpIndex): number => {
      const before = process.cpuUsage();
      for (let times = 0; times < 5; times++) assert.equal(index.first(request, NOWHERE), NOWHERE);
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    const costs = (rules: number): number => {
      const index = indexOf(rules);
      return Math.min(...[0, 1, 2, 3].map(() => cost(index)));
    };
    const [one, many] = [costs(1), costs(128)];
    assert.ok(many < 10 * one, `${many} µs beside ${one} µs`);
  });
});

describe('a parameter of a long query', () => {
  const target = splitTarget('GET', `/a?none=&tenant=a%20b&tenant=c&${'x=1&'.repeat(100)}last`);
  for (const time of ['the first time', 'again'])
    it(`is what the query says, asked ${time}`, () => {
      assert.equal(target?.param('tenant'), 'a b');
      assert.equal(target?.param('none'), '');
      assert.equal(target?.param('last'), '');
      assert.equal(target?.param('y'), undefined);
    });
});
