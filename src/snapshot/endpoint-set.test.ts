// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { type Endpoint, endpointSet, endpointStates, endpointsOf } from './endpoint-set.ts';

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');

/** Files may write any text where a cluster has the name of a Pod. */
const name = fc.oneof(
  fc.constantFrom('', 'pod-1', '"', '"pod"', 'a b', ' ', '\n', 'a\nb', '\\n', '\\'),
  fc.string({ unit: 'binary' }),
);
const endpoint: fc.Arbitrary<Endpoint> = fc.record(
  {
    address: fc.oneof(fc.ipV4(), fc.ipV6()),
    port: fc.integer({ min: 1, max: 65_535 }),
    state: fc.constantFrom('ready', 'draining'),
    name,
    distance: fc.constantFrom(1, 2),
  },
  { requiredKeys: ['address', 'port', 'state', 'name'], noNullPrototype: true },
);

describe('a set of endpoints', () => {
  it('is read as it was made, whatever the names are', () => {
    fc.assert(
      fc.property(fc.array(endpoint, { maxLength: 5 }), endpoints => {
        assert.deepEqual(endpointsOf(endpointSet('c', endpoints)), endpoints);
      }),
    );
  });

  it('tells how many are in each state as its endpoints do', () => {
    fc.assert(
      fc.property(fc.array(endpoint, { maxLength: 5 }), endpoints => {
        const count = (state: Endpoint['state']): number => endpoints.filter(one => one.state === state).length;
        const counts = { ready: count('ready'), draining: count('draining') };
        assert.deepEqual(endpointStates(endpointSet('c', endpoints)), counts);
      }),
    );
  });

  it('is not held by an endpoint that stays', () => {
    const many = Array.from({ length: 2_000 }, (_, at): Endpoint => {
      const address = `10.100.${100 + (at >> 8)}.${at & 255}`;
      return { address, port: 8_080, state: 'ready', name: `a-pod-with-a-name-${at}` };
    });
    assert.ok(typeof collect === 'function');
    collect();
    const before = process.memoryUsage().heapUsed;
    const kept = Array.from({ length: 200 }, (_, at) => endpointsOf(endpointSet('c', many))[at]);
    collect();
    const bytes = process.memoryUsage().heapUsed - before;
    assert.ok(bytes < 1_048_576, `${kept.length} endpoints hold ${bytes} bytes`);
  });

  it('is another text when anything of an endpoint is another', () => {
    const one: Endpoint = { address: '10.0.0.1', port: 80, state: 'ready', name: 'p' };
    const others: Partial<Endpoint>[] = [{ address: '10.0.0.2' }, { port: 8 }, { state: 'draining' }, { distance: 1 }];
    const sets = [{}, ...others, { name: 'q' }].map(change => endpointSet('c', [{ ...one, ...change }]).packed);
    assert.equal(new Set(sets).size, 6);
    assert.deepEqual(endpointSet('c', [one]), endpointSet('c', [{ ...one }]));
  });
});
