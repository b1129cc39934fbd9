// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Gateway, GRPCRoute, ResourceSet } from '../resources/index.ts';
import { EMPTY_RESOURCES, parseResource } from '../resources/index.ts';
import { resourceSet } from '../translate/environment.test-support.ts';
import { type TranslateEnvironment, translate } from '../translate/index.ts';
import { statuses, type WrittenStatuses } from './statuses.ts';
import { SUPPORTED_FEATURES } from './supported-features.ts';

const ENVIRONMENT: TranslateEnvironment = {
  controllerName: null,
  addressOf: () => '127.0.0.1',
  movedPorts: new Map(),
  nowMs: 0,
  inspectCertificate: () => ({ problem: 'none' }),
  inspectTrust: () => ({ problem: 'none' }),
};
const API = 'gateway.networking.k8s.io/v1';

function read(object: unknown) {
  const result = parseResource(object, { defaultNamespace: 'default' });
  if (result.outcome !== 'resource') throw new Error(JSON.stringify(result));
  return result.resource;
}

function resources(routeStatus?: GRPCRoute['status'], hostname = 'a.org'): ResourceSet {
  const gateway = read({
    apiVersion: API,
    kind: 'Gateway',
    metadata: { name: 'gw' },
    spec: { gatewayClassName: 'c', listeners: [{ name: 'http', port: 80, protocol: 'HTTP', hostname: 'a.org' }] },
  });
  const route = read({
    apiVersion: API,
    kind: 'GRPCRoute',
    metadata: { name: 'r' },
    spec: { parentRefs: [{ name: 'gw' }], hostnames: [hostname] },
  });
  if (gateway.kind !== 'Gateway' || route.kind !== 'GRPCRoute') throw new Error('wrong kinds');
  return {
    ...EMPTY_RESOURCES,
    gateways: new Map([['default/gw', gateway]]),
    grpcRoutes: new Map([['default/r', routeStatus === undefined ? route : { ...route, status: routeStatus }]]),
  };
}

/** The only object of a map, as an API server tells of it. */
function remade<R extends { readonly metadata: object }>(
  map: ReadonlyMap<string, R>,
  known: { readonly uid: string; readonly generation: number },
): ReadonlyMap<string, R> {
  return new Map([...map].map(([name, object]) => [name, { ...object, metadata: { ...object.metadata, ...known } }]));
}

function routeStatusOf(set: ResourceSet, previous: WrittenStatuses | null = null, now = 'T1') {
  const all = statuses(translate(set, ENVIRONMENT), set, previous, now);
  return { all, route: all.byObject.get('GRPCRoute/default/r') as GRPCRoute['status'] };
}

describe('statuses', () => {
  it('leaves the entries of other controllers as they are', () => {
    const theirs = {
      parentRef: { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'theirs' },
      controllerName: 'example.com/other',
      conditions: [],
    };
    const { route } = routeStatusOf(resources({ parents: [theirs] }));
    assert.deepEqual(route?.parents[0], theirs);
    assert.equal(route?.parents[1]?.parentRef.name, 'gw');
    assert.equal(route?.parents.length, 2);
  });

  it('takes transition times from the object when it wrote nothing yet', () => {
    const written = routeStatusOf(resources()).route;
    const { route } = routeStatusOf(resources(written), null, 'T2');
    assert.equal(route?.parents[0]?.conditions[0]?.lastTransitionTime, 'T1');
  });

  it('says nothing of an object that was said of one of its name before it', () => {
    const of = (uid: string, generation: number, hostname: string): ResourceSet => {
      const set = resources(undefined, hostname);
      return {
        ...set,
        gateways: remade(set.gateways, { uid, generation }),
        grpcRoutes: remade(set.grpcRoutes, { uid, generation }),
      };
    };
    const { all } = routeStatusOf(of('first', 7, 'a.org'));
    const { all: later, route } = routeStatusOf(of('second', 1, 'b.org'), all, 'T2');
    const [accepted] = route?.parents[0]?.conditions ?? [];
    const told = [accepted?.status, accepted?.observedGeneration, accepted?.lastTransitionTime];
    assert.deepEqual(told, ['False', 1, 'T2']);
    const gateway = later.byObject.get('Gateway/default/gw') as Gateway['status'];
    const conditions = [gateway?.conditions, gateway?.listeners?.[0]?.conditions].flatMap(list => list ?? []);
    assert.deepEqual(new Set(conditions.map(one => one.observedGeneration)), new Set([1]));
  });

  it('takes back what it wrote of routes when their class is gone, and leaves what others wrote', () => {
    const environment = { ...ENVIRONMENT, controllerName: 'example.com/ours' };
    const gatewayClass = read({
      apiVersion: API,
      kind: 'GatewayClass',
      metadata: { name: 'c' },
      spec: { controllerName: 'example.com/ours' },
    });
    const withClass = (set: ResourceSet) =>
      resourceSet([gatewayClass, ...set.gateways.values(), ...set.grpcRoutes.values()]);
    const first = withClass(resources());
    const before = statuses(translate(first, environment), first, null, 'T1');
    const written = before.byObject.get('GRPCRoute/default/r') as NonNullable<GRPCRoute['status']>;
    assert.deepEqual(
      written.parents.map(({ controllerName }) => controllerName),
      ['example.com/ours'],
    );
    const theirs = { ...written.parents[0], controllerName: 'example.com/theirs' };
    const stored = resources({ parents: [...written.parents, theirs] } as GRPCRoute['status']);
    const { byObject } = statuses(translate(stored, environment), stored, before, 'T2');
    assert.deepEqual(byObject.get('GRPCRoute/default/r'), { parents: [theirs] });
  });

  it('gives the same objects for what did not change', () => {
    const set = resources();
    const translation = translate(set, ENVIRONMENT);
    const first = statuses(translation, set, null, 'T1');
    const other = resources(undefined, 'b.org');
    const next: ResourceSet = { ...set, grpcRoutes: other.grpcRoutes };
    const second = statuses(translate(next, ENVIRONMENT, translation), next, first, 'T2');
    const conditions =
      (second.byObject.get('GRPCRoute/default/r') as GRPCRoute['status'])?.parents[0]?.conditions ?? [];
    assert.deepEqual(
      conditions.map(({ type, status, lastTransitionTime }) => [type, status, lastTransitionTime]),
      [
        ['Accepted', 'False', 'T2'],
        ['ResolvedRefs', 'True', 'T1'],
      ],
    );
    const third = statuses(translation, set, first, 'T3');
    assert.equal(third.byObject.get('Gateway/default/gw'), first.byObject.get('Gateway/default/gw'));
  });

  it('tells a Gateway that no longer takes ListenerSets that it has none, and says nothing of them to one that never did', () => {
    const set = resources();
    const gatewayOf = (from: ResourceSet) => {
      const { byObject } = statuses(translate(from, ENVIRONMENT), from, null, 'T1');
      return byObject.get('Gateway/default/gw') as NonNullable<Gateway['status']>;
    };
    const never = gatewayOf(set);
    assert.equal('attachedListenerSets' in never, false);
    const [gateway] = set.gateways.values();
    if (gateway === undefined) throw new Error('no gateway');
    const once = { ...gateway, status: { ...never, attachedListenerSets: 2 } };
    assert.equal(gatewayOf({ ...set, gateways: new Map([['default/gw', once]]) }).attachedListenerSets, 0);
  });

  it('keeps a status that it cannot make, says so, and makes all others', () => {
    const good = resources();
    const { all: before } = routeStatusOf(good);
    const [route] = good.grpcRoutes.values();
    const broken = Object.defineProperty({ ...(route as GRPCRoute) }, 'status', {
      get() {
        throw new Error('a bug about status');
      },
    });
    const bad = { ...resources(undefined, 'b.org'), grpcRoutes: new Map([['default/r', broken]]) };
    const { all } = routeStatusOf(bad, before, 'T2');
    assert.equal(all.byObject.get('GRPCRoute/default/r'), before.byObject.get('GRPCRoute/default/r'));
    assert.notEqual(all.byObject.get('Gateway/default/gw'), before.byObject.get('Gateway/default/gw'));
    const [fault, ...more] = all.faults.values();
    assert.deepEqual([fault?.code, fault?.resource?.name, more], ['status/broken', 'r', []]);
    assert.match(fault?.message ?? '', /: a bug about status$/);
    assert.equal(routeStatusOf(bad, all, 'T3').all.faults.size, 1);
    assert.equal(routeStatusOf(resources(), all, 'T3').all.faults.size, 0);
  });

  it('drops the status of an object that is gone', () => {
    const set = resources();
    const { all } = routeStatusOf(set);
    const next: ResourceSet = { ...set, grpcRoutes: new Map() };
    assert.equal(statuses(translate(next, ENVIRONMENT), next, all, 'T2').byObject.has('GRPCRoute/default/r'), false);
  });

  it('lists what works in the status of a class, sorted and once each', () => {
    const gatewayClass = read({
      apiVersion: API,
      kind: 'GatewayClass',
      metadata: { name: 'c' },
      spec: { controllerName: 'a.org/b' },
    });
    if (gatewayClass.kind !== 'GatewayClass') throw new Error('wrong kind');
    const set: ResourceSet = { ...EMPTY_RESOURCES, gatewayClasses: new Map([['c', gatewayClass]]) };
    const { byObject } = statuses(translate(set, ENVIRONMENT), set, null, 'T1');
    const status = byObject.get('GatewayClass/c') as (typeof gatewayClass)['status'];
    assert.deepEqual(status?.supportedFeatures, SUPPORTED_FEATURES);
    const lacking = { ...ENVIRONMENT, absentKinds: new Set(['ClusterTrustBundle']) };
    const without = statuses(translate(set, lacking), set, null, 'T1').byObject.get('GatewayClass/c') as typeof status;
    assert.deepEqual(
      without?.supportedFeatures,
      SUPPORTED_FEATURES.filter(({ name }) => name !== 'ClusterTrustBundle'),
    );
    const standard = { ...ENVIRONMENT, absentKinds: new Set(['TLSRoute', 'XBackend']), lacksExperimental: true };
    const told = statuses(translate(set, standard), set, null, 'T1').byObject.get('GatewayClass/c') as typeof status;
    const left = SUPPORTED_FEATURES.filter(one => !told?.supportedFeatures?.some(({ name }) => name === one.name));
    assert.deepEqual(
      left.map(({ name }) => name),
      [
        'GatewayAddressRoutability',
        'GatewayAddressRoutabilityCluster',
        'GatewayListenerFilters',
        'HTTPRouteDestinationPortMatching',
        'TLSRoute',
        'TLSRouteModeMixed',
        'TLSRouteModeTerminate',
      ],
    );
    const names = SUPPORTED_FEATURES.map(({ name }) => name);
    assert.deepEqual(names, [...new Set(names)].sort());
  });
});
