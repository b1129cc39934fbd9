// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ObservedObject, WriteQueue } from '../../store/index.ts';
import { ClusterEvents } from './cluster-events.ts';
import { statusChanges } from './status-change.ts';

function condition(type: string, status: 'True' | 'False', message = '', observedGeneration = 1) {
  return { type, status, reason: `${type}Reason`, message, lastTransitionTime: 'T1', observedGeneration };
}

function setUp() {
  const due: string[] = [];
  let known: ReadonlyMap<string, object> | null = null;
  const told = new Set<string>();
  const events = new ClusterEvents({
    controllerName: 'daemun.dev/gateway-controller',
    instance: 'pod_1',
    objects: { observed: () => ({ apiVersion: 'gateway.networking.k8s.io/v1', uid: 'u' }) as ObservedObject },
    clock: { wallMs: () => 1_800_000_000_000 },
  });
  events.writeThrough({ mark: (key: string) => void due.push(key) } as unknown as WriteQueue);
  /** What the server takes of a reload; it refuses a name that it has. */
  const reload = (statuses: Record<string, object>) => {
    due.length = 0;
    const next = new Map(Object.entries(statuses));
    events.reloaded({ statuses: next }, statusChanges(known, next));
    known = next;
    return due.flatMap(key => {
      const write = events.prepare(key);
      if (write === undefined) return [];
      const body = write.request.body as { metadata: { name: string } } & Record<string, unknown>;
      if (told.has(body.metadata.name)) void write.conflicted(new AbortController().signal);
      else write.done(undefined);
      const isNew = !told.has(body.metadata.name);
      told.add(body.metadata.name);
      return isNew ? [body] : [];
    });
  };
  return { reload, events, due };
}

const BAD = { conditions: [condition('Accepted', 'False', '대문'.repeat(1_000))] };

/** So many routes that are bad. */
function manyBad(count: number): Record<string, object> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`HTTPRoute/a/r${index}`, BAD]));
}

const said = (bodies: readonly Record<string, unknown>[]) =>
  bodies.map(({ type, reason, note }) => `${type} ${reason} ${note}`);

describe('Events of a cluster', () => {
  it('tell what turns bad and what turns good again, and nothing of what was good all the time', () => {
    const { reload } = setUp();
    const key = 'Gateway/a/gw';
    assert.deepEqual(reload({ [key]: { conditions: [condition('Accepted', 'True')] } }), []);
    const bad = reload({ [key]: { conditions: [condition('Accepted', 'False', 'no listener')] } });
    assert.deepEqual(said(bad), ['Warning AcceptedReason no listener']);
    assert.deepEqual(bad[0]?.['regarding'], {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      namespace: 'a',
      name: 'gw',
      uid: 'u',
    });
    assert.deepEqual(said(reload({ [key]: { conditions: [condition('Accepted', 'True', 'fine')] } })), [
      'Normal AcceptedReason fine',
    ]);
  });

  it('name the listener or the parent, and tell each message once', () => {
    const { reload } = setUp();
    const bad = [condition('Accepted', 'False', 'x'), condition('Programmed', 'False', 'x')];
    const told = reload({
      'Gateway/a/gw': { listeners: [{ name: 'http', conditions: bad }] },
      'HTTPRoute/a/r': {
        parents: [{ parentRef: { name: 'gw' }, conditions: [condition('ResolvedRefs', 'False', 'y')] }],
      },
    });
    assert.deepEqual(said(told), ['Warning AcceptedReason Listener http: x', 'Warning ResolvedRefsReason gw: y']);
  });

  it('are told once for what flaps within one generation', () => {
    const { reload } = setUp();
    const turn = (status: 'True' | 'False', generation = 1) =>
      reload({ 'HTTPRoute/a/r': { conditions: [condition('Accepted', status, status, generation)] } }).length;
    assert.deepEqual([turn('False'), turn('True'), turn('False'), turn('True')], [1, 1, 0, 0]);
    assert.equal(turn('False', 2), 1);
  });

  it('are kept to a number that somebody may read, and to sizes that the API takes', () => {
    const { reload } = setUp();
    const told = reload(manyBad(700));
    assert.equal(told.length, 500);
    assert.ok(Buffer.byteLength(String(told[0]?.['note'])) <= 1_024);
    const [long] = reload({ [`Gateway/a/${'g'.repeat(253)}`]: BAD });
    assert.ok((long?.metadata.name.length ?? 999) <= 253);
  });

  it('go on after many that the API server did not take, as those of a namespace that went', () => {
    const { events, due, reload } = setUp();
    const statuses = new Map(Object.entries(manyBad(700)));
    events.reloaded({ statuses }, statusChanges(null, statuses));
    assert.equal(due.length, 500);
    for (const key of due) events.prepare(key)?.dropped?.();
    assert.deepEqual(due.map(key => events.prepare(key)).filter(Boolean), [], 'none is tried again');
    const told = reload({ 'Gateway/b/gw': { conditions: [condition('Accepted', 'False', 'no listener')] } });
    assert.deepEqual(said(told), ['Warning AcceptedReason no listener']);
  });
});
