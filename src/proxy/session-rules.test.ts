// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Rule, SessionPersistence, VirtualHost } from '../snapshot/index.ts';
import { backend, binding, listener, rule } from './http/gateway.test-support.ts';
import { SessionRules } from './session-rules.ts';

const SESSION: SessionPersistence = { kind: 'header', sessionName: 'x-session', absoluteTimeoutMs: null };

/** A host with one rule that remembers how often it was looked through. */
class Host {
  looks = 0;
  readonly host: VirtualHost;

  constructor(hostname: string, changes: Partial<Rule> = {}) {
    const entries = listener('web', [rule(hostname, [backend('a')], changes)]).virtualHosts[0]?.entries ?? [];
    const some: typeof entries.some = found => {
      this.looks++;
      return entries.slice().some(found);
    };
    this.host = { hostname, entries: Object.defineProperty(entries, 'some', { value: some }) };
  }
}

function snapshotOf(...hosts: readonly Host[]) {
  return { bindings: [binding([listener('web', [], { virtualHosts: hosts.map(({ host }) => host) })])] };
}

describe('the search for rules that keep sessions', () => {
  it('looks a list through once, wherever it comes later', () => {
    const [a, b, first] = [new Host('a.test'), new Host('b.test'), new Host('0.test')];
    const rules = new SessionRules();
    const known = snapshotOf(a, b);
    for (const one of [known, known, snapshotOf(first, a, b), snapshotOf(b)]) assert.equal(rules.any(one), false);
    assert.deepEqual([a.looks, b.looks, first.looks], [1, 1, 1]);
  });

  it('finds one that came with a change, by its rule or by a backend', () => {
    const plain = new Host('a.test');
    const byRule = new Host('b.test', { sessionPersistence: SESSION });
    const byBackend = new Host('c.test', { backends: [{ ...backend('a'), session: { id: 'a', policy: SESSION } }] });
    for (const keeping of [byRule, byBackend]) {
      const rules = new SessionRules();
      assert.equal(rules.any(snapshotOf(plain)), false);
      assert.equal(rules.any(snapshotOf(plain, keeping)), true);
      assert.equal(rules.any(snapshotOf(plain)), false);
    }
  });
});
