// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EMPTY_RESOURCES, type HTTPRoute, parseResource } from '../../resources/index.ts';
import type { ObservedObject, WriteQueue } from '../../store/index.ts';
import { ClusterStatuses } from './cluster-statuses.ts';
import { statusChanges } from './status-change.ts';

const OURS = 'daemun.dev/gateway-controller';
const KEY = 'HTTPRoute/default/r';
const parentRef = { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'gw' };

function route(generation: number): HTTPRoute {
  const parsed = parseResource(
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: 'r', uid: 'u', generation },
      spec: { parentRefs: [{ name: 'gw' }] },
    },
    { defaultNamespace: 'default', origin: 'cluster' },
  );
  if (parsed.outcome !== 'resource' || parsed.resource.kind !== 'HTTPRoute') throw new Error(JSON.stringify(parsed));
  return parsed.resource;
}

function view(generation: number, status?: object) {
  const resources = { ...EMPTY_RESOURCES, httpRoutes: new Map([['default/r', route(generation)]]) };
  return { resources, statuses: new Map(status === undefined ? [] : [[KEY, status]]) };
}

function status(generation: number) {
  const condition = { type: 'Accepted', status: 'True', reason: 'Accepted', message: '', lastTransitionTime: 'T1' };
  return {
    parents: [{ parentRef, controllerName: OURS, conditions: [{ ...condition, observedGeneration: generation }] }],
  };
}

function stored(generation: number, held?: object): ObservedObject {
  const apiVersion = 'gateway.networking.k8s.io/v1';
  return { key: KEY, apiVersion, uid: 'u', resourceVersion: '1', generation, status: held };
}

/** A queue that only remembers what was marked. */
function queue() {
  const marked: string[] = [];
  return { marked, as: { mark: (key: string) => void marked.push(key) } as unknown as WriteQueue };
}

describe('statuses of a cluster', () => {
  it('marks what changed, and whatever the server tells of', () => {
    const { marked, as } = queue();
    const statuses = new ClusterStatuses(OURS);
    let known: ReturnType<typeof view> | null = null;
    const reload = (next: ReturnType<typeof view>): void => {
      statuses.reloaded(next, statusChanges(known?.statuses ?? null, next.statuses));
      known = next;
    };
    const first = view(1, status(1));
    reload(first);
    assert.deepEqual(marked, [], 'somebody else leads');
    statuses.writeThrough(as);
    reload({ ...first });
    reload(view(2, status(2)));
    statuses.check(KEY);
    reload(view(2));
    assert.deepEqual(marked, [KEY, KEY, KEY, KEY], 'leading, changed, told, gone');
  });

  it('writes about the object and the generation that the server holds only', () => {
    const statuses = new ClusterStatuses(OURS);
    statuses.reloaded(view(2, status(2)), []);
    assert.deepEqual(statuses.merge(KEY, stored(2)), status(2));
    const newer = stored(3, { parents: [] });
    assert.equal(statuses.merge(KEY, newer), newer.status, 'of a newer one the next reload tells');
    const another = { ...stored(2), uid: 'made again' };
    assert.equal(statuses.merge(KEY, another), another.status, 'so of one that was made again under the same name');
    assert.equal(statuses.merge('HTTPRoute/default/other', newer), newer.status, 'an object that we do not know');
  });

  it('takes out what was written about a route that is nobody of ours any more', () => {
    const statuses = new ClusterStatuses(OURS);
    statuses.reloaded(view(1), []);
    const theirs = { parentRef, controllerName: 'example.com/a', conditions: [] };
    assert.deepEqual(statuses.merge(KEY, stored(1, { parents: [theirs, ...status(1).parents] })), {
      parents: [theirs],
    });
  });
});
