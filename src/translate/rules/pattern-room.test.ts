// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ENVIRONMENT, parsed, resourceSet } from '../environment.test-support.ts';
import { translate } from '../translate.ts';

/** The rules that are dropped of an HTTPRoute with 16 rules of 8 matches. */
function droppedRules(match: (at: number) => object): readonly (number | string | undefined)[] {
  const rules = Array.from({ length: 16 }, (_, rule) => ({
    matches: Array.from({ length: 8 }, (_, at) => match(rule * 8 + at)),
  }));
  const route = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'r' },
    spec: { parentRefs: [{ name: 'gw' }], rules },
  };
  const { findings } = translate(resourceSet([parsed(route)]), ENVIRONMENT);
  return findings.filter(({ code }) => code === 'route/invalid-regex').map(({ path }) => path[2]);
}

const pattern = (value: string) => ({ type: 'RegularExpression', value });

describe('the patterns of a route', () => {
  it('have room when each of the most matches tells paths and languages apart', () => {
    const dropped = droppedRules(at => ({
      path: pattern(`/v[0-9]+/tenants/${at}/[a-z0-9-]+/items/[0-9a-f]{8}(/.*)?`),
      headers: ['accept-language', 'x-language'].map(name => ({ name, ...pattern('(en|de|fr|it|es)-[A-Z]{2}') })),
      queryParams: [{ name: 'id', ...pattern('[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}') }],
    }));
    assert.deepEqual(dropped, []);
  });

  it('are those of the first rules where all of them are as large as one may be', () => {
    // 8 of some 2,000 steps in a rule: two rules have 32,000, the third would have 48,000.
    const dropped = droppedRules(at => ({ path: pattern(`/[a-z]{1,970}${at}`) }));
    assert.deepEqual(dropped, [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
  });

  it('are counted wherever they stand in a match', () => {
    const large = pattern('[a-z]{1,970}');
    const headers = Array.from({ length: 16 }, (_, at) => ({ name: `h${at}`, ...large }));
    const queryParams = headers.map(({ name }) => ({ name, ...large }));
    assert.deepEqual(
      droppedRules(at => (at === 8 ? { headers, queryParams } : {})),
      [1],
    );
    assert.deepEqual(
      droppedRules(at => (at === 8 ? { headers } : {})),
      [],
    );
  });
});
