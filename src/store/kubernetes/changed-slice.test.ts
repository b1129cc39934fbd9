// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { EndpointSlice } from '../../resources/index.ts';
import { changedSlice } from './changed-slice.ts';
import { KindCache } from './kind-cache.ts';
import { READ_KINDS } from './read-kinds.ts';

type Written = Record<string, unknown>;

function cacheOfSlices(): { put(object: Written): void; readonly slice: EndpointSlice; readonly refused: number } {
  const readKind = READ_KINDS.find(({ kind }) => kind === 'EndpointSlice');
  assert.ok(readKind !== undefined);
  const cache = new KindCache({ readKind, onChange: () => undefined, onObserved: () => undefined });
  return {
    put: object => cache.put(object),
    get slice() {
      const resource = cache.resources.get('a/s-1');
      assert.ok(resource?.kind === 'EndpointSlice');
      return resource;
    },
    get refused() {
      return cache.findings.length;
    },
  };
}

const CHANGE_TIME = 'endpoints.kubernetes.io/last-change-trigger-time';

function sliceOf(parts: Written, metadata: Written = {}): Written {
  const annotations = { [CHANGE_TIME]: 'now', mine: 'stays' };
  const labels = { 'kubernetes.io/service-name': 's' };
  const usual = { namespace: 'a', name: 's-1', uid: 'u', resourceVersion: '1', generation: 1, annotations, labels };
  const ports = [{ name: 'http', port: 80, protocol: 'TCP' }];
  return { metadata: { ...usual, ...metadata }, addressType: 'IPv4', endpoints: [], ports, ...parts };
}

/** Mostly what a server writes; else what it might, or never would. */
const odd = fc.constantFrom<unknown>(null, 7, '', 'x', [], {}, { name: 'x' }, [{ name: 'x' }], [null], true);
const rarely = (usual: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 100, arbitrary: usual }, { weight: 1, arbitrary: odd });
/** Absent most of the time. */
const seldom = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 30, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
const text = fc.option(fc.constantFrom('n1', 'n2'), { nil: undefined });
const names = fc.array(rarely(fc.record({ name: rarely(fc.constantFrom('n1', 'n2')) })), { maxLength: 2 });
const condition = rarely(fc.option(fc.boolean(), { nil: undefined }));
const conditions = fc.record({ ready: condition, serving: condition, terminating: condition, other: seldom(odd) });
const someNames = rarely(fc.option(names, { nil: undefined }));
const endpoint = fc.record({
  addresses: fc.oneof(
    { weight: 50, arbitrary: fc.tuple(fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.3')) },
    { weight: 1, arbitrary: fc.array(odd, { maxLength: 3 }) },
  ),
  conditions: rarely(fc.option(conditions, { nil: undefined, freq: 30 })),
  nodeName: rarely(text),
  zone: rarely(text),
  hints: rarely(fc.option(fc.record({ forZones: someNames, forNodes: someNames }), { nil: undefined })),
  targetRef: rarely(fc.record({ kind: fc.constant('Pod'), name: rarely(text), uid: fc.nat({ max: 3 }) })),
  hostname: rarely(text),
});
const metadata = fc.record({
  generation: fc.constantFrom<unknown>(2, 3, null),
  labels: rarely(fc.constant({ 'kubernetes.io/service-name': 's' })),
  annotations: rarely(fc.constant({ [CHANGE_TIME]: 'later', mine: 'stays' })),
  deletionTimestamp: seldom(fc.constant('2026-01-01T00:00:00Z')),
  managedFields: fc.constant([]),
});
const parts = fc.record({
  endpoints: rarely(fc.array(rarely(endpoint), { maxLength: 4 })),
  ports: rarely(fc.constant([{ name: 'http', port: 80, protocol: 'TCP' }])),
  addressType: rarely(fc.constant('IPv4')),
  other: seldom(odd),
});
/** As a server tells it: what is absent is not there. */
const told = (object: Written): Written => JSON.parse(JSON.stringify(object)) as Written;

describe('a slice with other endpoints', () => {
  it('is what the schema makes of it, or is left to the schema', () => {
    let left = 0;
    let taken = 0;
    fc.assert(
      fc.property(fc.array(endpoint, { maxLength: 4 }), parts, metadata, (first, next, changed) => {
        const [known, fresh] = [cacheOfSlices(), cacheOfSlices()];
        known.put(told(sliceOf({ endpoints: first })));
        if (known.refused > 0) return;
        const object = told(sliceOf(next, { ...changed, resourceVersion: '2' }));
        const slice = changedSlice(known.slice, object);
        if (slice === undefined) {
          left += 1;
          return;
        }
        taken += 1;
        fresh.put(object);
        assert.equal(fresh.refused, 0);
        assert.deepEqual(slice, fresh.slice);
        known.put(object);
        assert.deepEqual(known.slice, fresh.slice);
      }),
      { numRuns: 1_000 },
    );
    assert.ok(left > 50 && taken > 50, `both were tried: ${left}, ${taken}`);
  });

  it('says nothing more of a condition that is gone', () => {
    const cache = cacheOfSlices();
    const endpoint = { addresses: ['10.0.0.1'], conditions: { ready: true } };
    cache.put(sliceOf({ endpoints: [{ ...endpoint, conditions: { ready: true, other: null } }] }));
    cache.put(sliceOf({ endpoints: [endpoint] }, { resourceVersion: '2', generation: 2 }));
    assert.deepEqual(cache.slice.endpoints, [endpoint]);
  });

  it('is judged by the schema when more is new', () => {
    const cache = cacheOfSlices();
    cache.put(sliceOf({}));
    const { slice } = cache;
    assert.equal(changedSlice(slice, sliceOf({}, { resourceVersion: '2', generation: 2 })), slice);
    const others = [
      sliceOf({ ports: [] }),
      sliceOf({ addressType: 'IPv6' }),
      sliceOf({ endpoints: null }),
      sliceOf({ endpoints: Array.from({ length: 1_001 }, () => ({ addresses: ['10.0.0.1'] })) }),
      sliceOf({}, { labels: { 'kubernetes.io/service-name': 'other' } }),
      sliceOf({}, { annotations: { mine: 'changes' } }),
    ];
    for (const other of others) assert.equal(changedSlice(slice, other), undefined);
  });

  it('is another object when its uid is', () => {
    const cache = cacheOfSlices();
    cache.put(sliceOf({ endpoints: [{ addresses: ['10.0.0.1'], conditions: {} }] }));
    const before = cache.slice;
    cache.put(
      sliceOf({ endpoints: [{ addresses: ['10.0.0.1'], conditions: {} }] }, { uid: 'v', resourceVersion: '2' }),
    );
    assert.notEqual(cache.slice, before);
    assert.equal(cache.slice.metadata.uid, 'v');
  });
});
