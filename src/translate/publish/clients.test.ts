// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Pod } from '../../resources/index.ts';
import { parsed } from '../environment.test-support.ts';
import { publishClients } from './clients.ts';

function pod(key: string, status: object, more: object = {}): readonly [string, Pod] {
  const [namespace, name] = key.split('/');
  return [key, parsed({ apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name, ...more }, status }) as Pod];
}

const of = (range: string, namespace: string) => ({ range, namespace });

describe('the clients of frontends', () => {
  it('are Pods with an address of their own, while they run', () => {
    const pods = new Map([
      pod('a/two', { podIP: '10.0.0.1', podIPs: [{ ip: '10.0.0.1' }, { ip: 'FD00::1' }] }),
      pod('b/over', { phase: 'Succeeded', podIP: '10.0.0.2' }),
      pod('b/none', {}),
    ]);
    const { clients } = publishClients({ pods, given: [], isAsked: true });
    assert.deepEqual(clients, [of('10.0.0.1/32', 'a'), of('fd00::1/128', 'a')]);
  });

  it('are nobody while nobody asks', () => {
    const pods = new Map([pod('a/p', { podIP: '10.0.0.1' })]);
    assert.deepEqual(publishClients({ pods, given: [of('10.0.0.0/8', 'b')], isAsked: false }).clients, []);
  });

  it('are told apart by the younger one of two with one address, and by what is given above all', () => {
    const old = pod('z/old', { podIP: '10.0.0.1' }, { creationTimestamp: '2025-01-01T00:00:00Z' });
    const young = pod('a/young', { podIP: '10.0.0.1' }, { creationTimestamp: '2025-02-01T00:00:00Z' });
    const both = publishClients({ pods: new Map([young, old]), given: [], isAsked: true });
    assert.deepEqual(both.clients, [of('10.0.0.1/32', 'a')]);
    const left = publishClients({ pods: new Map([old]), given: [], isAsked: true }, both);
    assert.deepEqual(left.clients, [of('10.0.0.1/32', 'z')]);
    const given = publishClients({ pods: left.pods, given: [of('10.0.0.1/32', 'g')], isAsked: true }, left);
    assert.deepEqual(given.clients, [of('10.0.0.1/32', 'g')]);
    const back = publishClients({ pods: left.pods, given: [], isAsked: true }, given);
    assert.deepEqual(back.clients, [of('10.0.0.1/32', 'z')]);
  });

  it('are told by the Pods that changed, unless several have one address', () => {
    const given: readonly never[] = [];
    const neverWalked = (pods: Iterable<readonly [string, Pod]>): ReadonlyMap<string, Pod> =>
      Object.assign(new Map(pods), { values: () => assert.fail('all Pods are looked at') });
    const others = [pod('a/p', { podIP: '10.0.0.1' }), pod('a/q', { podIP: '10.0.0.2' })];
    const first = publishClients({ pods: new Map(others), given, isAsked: true });
    const moved = [pod('b/r', { podIP: '10.0.0.3' }), pod('a/q', { podIP: '10.0.0.4' })];
    const next = publishClients({ pods: neverWalked([...others.slice(0, 1), ...moved]), given, isAsked: true }, first);
    assert.deepEqual(next.clients, [of('10.0.0.1/32', 'a'), of('10.0.0.3/32', 'b'), of('10.0.0.4/32', 'a')]);
    const taken = pod('b/s', { podIP: '10.0.0.1' }, { creationTimestamp: '2025-01-01T00:00:00Z' });
    const both = publishClients({ pods: new Map([...next.pods, taken]), given, isAsked: true }, next);
    assert.deepEqual(both.clients[0], of('10.0.0.1/32', 'b'));
    const back = publishClients({ pods: new Map(next.pods), given, isAsked: true }, both);
    assert.deepEqual(back.clients[0], of('10.0.0.1/32', 'a'));
  });

  it('keep their identity where nothing of them changed', () => {
    const first = publishClients({
      pods: new Map([pod('a/p', { podIP: '10.0.0.1' }), pod('a/q', { podIP: '10.0.0.2' })]),
      given: [],
      isAsked: true,
    });
    const again = publishClients(
      {
        pods: new Map([pod('a/p', { podIP: '10.0.0.1', phase: 'Running' }), pod('a/q', { podIP: '10.0.0.2' })]),
        given: [],
        isAsked: true,
      },
      first,
    );
    assert.equal(again.clients, first.clients);
    const moved = publishClients(
      {
        pods: new Map([pod('a/p', { podIP: '10.0.0.3' }), pod('a/q', { podIP: '10.0.0.2' })]),
        given: [],
        isAsked: true,
      },
      first,
    );
    assert.equal(moved.clients[0], first.clients[1]);
    const older = pod('b/older', { podIP: '10.0.0.1' }, { creationTimestamp: '2020-01-01T00:00:00Z' });
    const younger = pod('a/p', { podIP: '10.0.0.1' }, { creationTimestamp: '2025-01-01T00:00:00Z' });
    const alone = publishClients({ pods: new Map([younger]), given: first.given, isAsked: true });
    const joined = publishClients({ pods: new Map([younger, older]), given: first.given, isAsked: true }, alone);
    assert.equal(joined.clients, alone.clients);
    const left = publishClients({ pods: new Map([older]), given: first.given, isAsked: true }, joined);
    assert.deepEqual(left.clients, [of('10.0.0.1/32', 'b')]);
  });
});
