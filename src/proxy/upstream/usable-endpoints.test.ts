// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Candidate, nearestEndpoints, nearestFirst, usableEndpoints } from './usable-endpoints.ts';

const READY: Candidate = { state: 'ready', health: 'healthy', ejected: false, failing: false };
const DRAINING: Candidate = { ...READY, state: 'draining' };
const SICK: Candidate = { ...READY, health: 'unhealthy' };
const NEW: Candidate = { ...READY, health: 'unknown' };
const OUT: Candidate = { ...READY, ejected: true };
const FAILING: Candidate = { ...READY, failing: true };

const cases: readonly [rule: string, endpoints: Candidate[], usable: Candidate[]][] = [
  ['all of one kind are used', [READY, READY], [READY, READY]],
  ['draining ones wait while one is ready', [READY, DRAINING], [READY]],
  ['draining ones are used when none is ready', [DRAINING, DRAINING], [DRAINING, DRAINING]],
  ['unhealthy ones are left out', [READY, READY, SICK], [READY, READY]],
  ['half unhealthy is not yet a panic', [READY, SICK], [READY]],
  ['with less than half healthy, all are used', [READY, SICK, SICK], [READY, SICK, SICK]],
  ['with none healthy, all are used', [SICK, SICK], [SICK, SICK]],
  ['ejected ones count as unhealthy', [READY, READY, OUT], [READY, READY]],
  ['an endpoint without a result waits', [READY, NEW, NEW], [READY]],
  ['without any result, all are used', [NEW, NEW], [NEW, NEW]],
  ['those that cannot be reached are left out', [READY, FAILING, FAILING], [READY]],
  ['when none can be reached, all are tried', [FAILING, FAILING], [FAILING, FAILING]],
  ['nothing comes of nothing', [], []],
];

describe('usable endpoints', () => {
  for (const [rule, endpoints, usable] of cases) {
    it(rule, () => assert.deepEqual(usableEndpoints(endpoints, true), usable));
  }

  it('do not wait for results where no check is configured', () => {
    assert.deepEqual(usableEndpoints([READY, NEW], false), [READY, NEW]);
  });
});

describe('the nearest endpoints', () => {
  const [here, zone, far] = [{ distance: 0 }, { distance: 1 }, { distance: 2 }];
  for (const [rule, usable, nearest] of [
    ['are those on the node', [far, here, zone, here], [here, here]],
    ['are those in the zone when the node has none', [far, zone, far], [zone]],
    ['are all when none is near', [far, far], [far, far]],
    ['are none of none', [], []],
  ] as const)
    it(rule, () => assert.deepEqual(nearestEndpoints<{ readonly distance: number }>(nearestFirst(usable)), nearest));

  it('come first, and equally near ones stay in their order', () => {
    const named = (names: string): { name: string; distance: number }[] =>
      names.split(' ').map(name => ({ name, distance: Number(name.slice(1)) }));
    assert.deepEqual(nearestFirst(named('a2 b1 c2 d1')), named('b1 d1 a2 c2'));
  });
});
