// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { applyDelta, diffSnapshots, EMPTY_SNAPSHOT } from './delta.ts';
import { endpointSet } from './endpoint-set.ts';
import { deepFreeze } from './freeze.ts';
import { firstHosts, PLAIN_EDGE } from './listener.test-support.ts';
import type { VirtualHost } from './listener.ts';
import { orderViolations } from './order.ts';
import { randomSnapshot, sampleMatch, variantRule } from './random-snapshot.test-support.ts';
import type { Rule } from './rule.ts';
import type { Snapshot } from './snapshot.ts';

/** One listener whose only host has one entry per rule. */
function oneHost(version: number, rules: readonly Rule[]): Snapshot {
  const entries = rules.map(rule => ({ match: sampleMatch(rule.id), rule, matchIndex: 0 }));
  return snapshotOf(version, [{ hostname: '*', entries }]);
}

/** One listener with one host per rule. */
function manyHosts(version: number, rules: readonly Rule[]): Snapshot {
  const hosts = rules.map(rule => ({
    hostname: `${rule.id}.example.com`,
    entries: [{ match: sampleMatch(rule.id), rule, matchIndex: 0 }],
  }));
  return snapshotOf(version, hosts);
}

function snapshotOf(version: number, virtualHosts: readonly VirtualHost[]): Snapshot {
  const gateway = { namespace: 'default', name: 'gateway' };
  const listener = {
    kind: 'http' as const,
    id: 'default/gateway/http',
    gateway,
    name: 'http',
    hostname: '*',
    ...PLAIN_EDGE,
    virtualHosts,
  };
  const binding = {
    id: '127.0.0.1:80/tcp',
    address: '127.0.0.1',
    port: 80,
    admission: 'first-bytes' as const,
    frontend: null,
    proxyProtocolFrom: [],
  };
  return {
    version,
    bindings: [{ ...binding, listeners: [listener] }],
    clusters: [],
    endpoints: [],
    certificates: [],
    trustBundles: [],
    clients: [],
  };
}

function rules(count: number): Rule[] {
  return Array.from({ length: count }, (_, at) => variantRule(`rule-${at}`, 0));
}

describe('a snapshot delta', () => {
  it('turns any snapshot into any other, through a structured clone', () => {
    fc.assert(
      fc.property(randomSnapshot(1), randomSnapshot(2), (before, after) => {
        deepFreeze(before);
        deepFreeze(after);
        assert.deepEqual(orderViolations(after), []);
        const delta = structuredClone(diffSnapshots(before, after));
        assert.deepEqual(applyDelta(before, delta), after);
      }),
      { numRuns: 300 },
    );
  });

  it('sends a whole snapshot to a worker that has none', () => {
    fc.assert(
      fc.property(randomSnapshot(1), after => {
        assert.deepEqual(applyDelta(EMPTY_SNAPSHOT, structuredClone(diffSnapshots(EMPTY_SNAPSHOT, after))), after);
      }),
      { numRuns: 100 },
    );
  });

  it('sends nothing for new objects of the same content, and keeps the old ones', () => {
    fc.assert(
      fc.property(randomSnapshot(1), before => {
        const delta = diffSnapshots(before, { ...structuredClone(before), version: 2 });
        assert.deepEqual(delta, {
          from: 1,
          version: 2,
          rules: [],
          bindings: null,
          clusters: null,
          endpoints: null,
          certificates: null,
          trustBundles: null,
          clients: null,
        });
        assert.equal(applyDelta(before, delta).bindings, before.bindings);
      }),
      { numRuns: 100 },
    );
  });

  it('is refused by a snapshot of another version', () => {
    assert.throws(() => applyDelta(EMPTY_SNAPSHOT, diffSnapshots(oneHost(1, []), oneHost(2, []))), /version 1/);
  });

  for (const [shape, build] of [
    ['one host', oneHost],
    ['10,000 hosts', manyHosts],
  ] as const) {
    it(`sends one rule when one of 10,000 changed (${shape}), and keeps every other object`, () => {
      const list = rules(10_000);
      const before = build(1, list);
      const worker = applyDelta(EMPTY_SNAPSHOT, structuredClone(diffSnapshots(EMPTY_SNAPSHOT, before)));
      const after = build(2, list.with(5_000, variantRule('rule-5000', 2)));
      const delta = diffSnapshots(before, after);
      assert.ok(JSON.stringify(delta).length < 2_000, `${JSON.stringify(delta).length} bytes`);
      const next = applyDelta(worker, structuredClone(delta));
      assert.deepEqual(next, after);
      const entriesOf = (snapshot: Snapshot) => firstHosts(snapshot).flatMap(host => host.entries);
      const old = entriesOf(worker);
      const differing = entriesOf(next).flatMap((entry, at) => (entry === old[at] ? [] : [at]));
      assert.deepEqual(differing, [5_000]);
      assert.equal(entriesOf(next)[5_000]?.match, old[5_000]?.match);
    });
  }

  it('reuses the rule object when a rule gets one more entry', () => {
    const rule = variantRule('a', 0);
    const entry = (service: string, matchIndex: number) => ({ match: sampleMatch(service), rule, matchIndex });
    const before = snapshotOf(1, [{ hostname: '*', entries: [entry('a', 0)] }]);
    const after = snapshotOf(2, [{ hostname: '*', entries: [entry('a', 0), entry('b', 1)] }]);
    const delta = structuredClone(diffSnapshots(before, after));
    assert.deepEqual(delta.rules, []);
    const entries = firstHosts(applyDelta(before, delta))[0]?.entries ?? [];
    assert.equal(entries[1]?.rule, rule);
  });

  it('lets changed endpoints travel alone', () => {
    const endpoints = (address: string) => [
      endpointSet('default/a:80', [{ address, port: 80, state: 'ready', name: '' }]),
    ];
    const before = { ...oneHost(1, rules(100)), endpoints: endpoints('10.0.0.1') };
    const after = { ...before, version: 2, endpoints: endpoints('10.0.0.2') };
    const delta = diffSnapshots(before, after);
    assert.deepEqual([delta.rules, delta.bindings, delta.clusters, delta.certificates], [[], null, null, null]);
    assert.deepEqual(delta.endpoints, [{ put: [after.endpoints[0]] }]);
  });
});
