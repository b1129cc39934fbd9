// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Resource, ResourceSet } from '../resources/index.ts';
import { bindFailure, type RouteEntry, type Snapshot } from '../snapshot/index.ts';
import { firstHosts } from '../snapshot/listener.test-support.ts';
import { ENVIRONMENT, parsed, resourceSet } from './environment.test-support.ts';
import { overlayBindFailures } from './publish/bind-results.ts';
import { translate } from './translate.ts';

const API = 'gateway.networking.k8s.io/v1';

const gateway = parsed({
  apiVersion: API,
  kind: 'Gateway',
  metadata: { name: 'gw' },
  spec: { gatewayClassName: 'c', listeners: [{ name: 'http', port: 8080, protocol: 'HTTP' }] },
});

function route(
  name: string,
  options: { host?: string; service?: string; weight?: number; backend?: string } = {},
): Resource {
  const { host, service = `p.${name.toUpperCase()}`, weight = 1, backend = 'a' } = options;
  return parsed({
    apiVersion: API,
    kind: 'GRPCRoute',
    metadata: { name },
    spec: {
      parentRefs: [{ name: 'gw' }],
      ...(host === undefined ? {} : { hostnames: [host] }),
      rules: [{ matches: [{ method: { service } }], backendRefs: [{ name: backend, port: 80, weight }] }],
    },
  });
}

function service(name: string): Resource {
  return parsed({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports: [{ port: 80 }] } });
}

function slice(name: string, address: string): Resource {
  return parsed({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    ports: [{ port: 9000 }],
    endpoints: [{ addresses: [address] }],
  });
}

const base: readonly Resource[] = [gateway, service('a'), service('b'), slice('a', '10.0.0.1'), slice('b', '10.0.0.2')];

function change(before: ResourceSet, objects: readonly Resource[]): ResourceSet {
  return resourceSet(objects, before);
}

function virtualHost(snapshot: Snapshot, hostname: string) {
  return firstHosts(snapshot).find(host => host.hostname === hostname);
}

function entry(snapshot: Snapshot, hostname: string): RouteEntry | undefined {
  return virtualHost(snapshot, hostname)?.entries[0];
}

describe('translate, from one set of resources to the next', () => {
  it('leaves bindings and clusters alone when only endpoints changed', () => {
    const r = route('r');
    const one = resourceSet([...base, r]);
    const first = translate(one, ENVIRONMENT);
    const two = change(one, [gateway, service('b'), slice('b', '10.0.0.2'), slice('a', '10.0.0.9'), r, base[1] ?? r]);
    const second = translate(two, ENVIRONMENT, first);
    assert.equal(second.snapshot.bindings, first.snapshot.bindings);
    assert.equal(second.snapshot.clusters, first.snapshot.clusters);
    assert.match(second.snapshot.endpoints[0]?.packed ?? '', /^10\.0\.0\.9 /);
    assert.equal(second.snapshot.version, first.snapshot.version + 1);
  });

  it('keeps matches and other hosts when a weight changed', () => {
    const other = route('other', { host: 'other.org' });
    const one = resourceSet([...base, other, route('r', { host: 'r.org', weight: 1 })]);
    const first = translate(one, ENVIRONMENT).snapshot;
    const previous = translate(one, ENVIRONMENT);
    const two = change(one, [...base, other, route('r', { host: 'r.org', weight: 2 })]);
    const second = translate(two, ENVIRONMENT, previous).snapshot;
    assert.equal(entry(second, 'r.org')?.rule.totalWeight, 2);
    assert.equal(entry(second, 'r.org')?.match, entry(previous.snapshot, 'r.org')?.match);
    assert.equal(virtualHost(second, 'other.org'), virtualHost(previous.snapshot, 'other.org'));
    assert.equal(second.clusters, previous.snapshot.clusters);
    assert.notEqual(first, second);
  });

  it('keeps everything when an object was written again without a difference', () => {
    const objects = [...base, route('r')];
    const one = resourceSet(objects);
    const first = translate(one, ENVIRONMENT);
    const second = translate(change(one, [...base, route('r')]), ENVIRONMENT, first);
    assert.equal(second.snapshot, first.snapshot);
    assert.equal(second.outcomes.routes, first.outcomes.routes);
  });

  it('drops a cluster with the last route that uses it', () => {
    const one = resourceSet([...base, route('r'), route('s', { backend: 'b' }), route('t', { backend: 'b' })]);
    const first = translate(one, ENVIRONMENT);
    const two = change(one, [...base, route('r'), route('t', { backend: 'b' })]);
    const second = translate(two, ENVIRONMENT, first);
    const third = translate(change(two, [...base, route('r')]), ENVIRONMENT, second);
    assert.deepEqual(
      [first, second, third].map(({ snapshot }) => snapshot.clusters.map(cluster => cluster.id)),
      [['default/a:80', 'default/b:80'], ['default/a:80', 'default/b:80'], ['default/a:80']],
    );
  });

  it('takes permission away as soon as the ReferenceGrant is gone', () => {
    const far = parsed({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'far', namespace: 'x' },
      spec: { ports: [{ port: 80 }] },
    });
    const grant = parsed({
      apiVersion: API,
      kind: 'ReferenceGrant',
      metadata: { name: 'g', namespace: 'x' },
      spec: {
        from: [{ group: 'gateway.networking.k8s.io', kind: 'GRPCRoute', namespace: 'default' }],
        to: [{ group: '', kind: 'Service' }],
      },
    });
    const r = parsed({
      apiVersion: API,
      kind: 'GRPCRoute',
      metadata: { name: 'r' },
      spec: { parentRefs: [{ name: 'gw' }], rules: [{ backendRefs: [{ name: 'far', namespace: 'x', port: 80 }] }] },
    });
    const one = resourceSet([...base, far, r, grant]);
    const first = translate(one, ENVIRONMENT);
    const second = translate(change(one, [...base, far, r]), ENVIRONMENT, first);
    const targets = [first, second].map(({ snapshot }) => entry(snapshot, '*')?.rule.backends[0]?.target.kind);
    assert.deepEqual(targets, ['cluster', 'fault']);
    assert.equal(
      second.outcomes.routes.get('GRPCRoute/default/r')?.parents[0]?.resolvedRefs?.reason,
      'RefNotPermitted',
    );
    assert.deepEqual(second.snapshot.clusters, []);
  });

  it('moves a socket that the OS refuses to a condition, and keeps trying it', () => {
    const one = resourceSet([...base, route('r')]);
    const first = translate(one, ENVIRONMENT);
    const bindFailures = new Map([['127.0.0.1:8080/tcp', bindFailure('EADDRINUSE', '')]]);
    const second = overlayBindFailures(first, one, bindFailures);
    assert.equal(second.outcomes.gateways.get('default/gw')?.listeners[0]?.accepted?.reason, 'PortUnavailable');
    assert.equal(second.snapshot, first.snapshot);
  });

  it('keeps one copy of what routes have alike, and for itself what is wrong with one of them', () => {
    const hosts = { a: 'x.test', b: 'y.test', c: 'x.test', d: 'x.test' };
    const routes = Object.entries(hosts).map(([name, host]) =>
      route(name, { host, backend: name === 'd' ? 'none' : 'a' }),
    );
    const { outcomes, memory } = translate(resourceSet([...base, ...routes]), ENVIRONMENT);
    const [a, b, c, d] = Object.keys(hosts)
      .map(name => `GRPCRoute/default/${name}`)
      .map(key => ({
        outcome: outcomes.routes.get(key),
        attachments: memory.routes.byKey.get(key)?.attachments,
        backends: memory.routes.byKey.get(key)?.rules[0]?.backends,
      }));
    assert.ok(a && b && c && d && a.outcome && a.attachments && a.backends);
    assert.equal(a.outcome, b.outcome);
    assert.equal(a.backends, b.backends);
    assert.equal(a.attachments, c.attachments);
    assert.deepEqual(b.attachments?.[0]?.hostnames, ['y.test']);
    assert.equal(d.outcome?.parents[0]?.resolvedRefs?.reason, 'BackendNotFound');
    assert.equal(a.outcome.parents[0]?.resolvedRefs, null);
  });

  it('suggests a service of a route that comes later, and forgets it when that goes', () => {
    const suspect = route('r', { service: 'com.example' });
    const one = resourceSet([...base, suspect]);
    const first = translate(one, ENVIRONMENT);
    const two = change(one, [...base, suspect, route('u', { service: 'com.example.User' })]);
    const second = translate(two, ENVIRONMENT, first);
    const third = translate(change(two, [...base, suspect]), ENVIRONMENT, second);
    const said = [first, second, third].map(
      ({ findings }) =>
        findings.find(finding => finding.code === 'lint/service-looks-like-package')?.message.split('; ')[1],
    );
    assert.deepEqual(said, [
      'did you mean for example com.example.User?',
      'did you mean com.example.User?',
      'did you mean for example com.example.User?',
    ]);
  });
});

describe('translate, with 10,000 routes', () => {
  const routes = Array.from({ length: 10_000 }, (_, index) => route(`r${index}`));

  it('does work for what changed only', () => {
    const one = resourceSet([...base, ...routes]);
    const first = translate(one, ENVIRONMENT);
    const changed = routes.with(5000, route('r5000', { weight: 7 }));
    const second = translate(change(one, [...base, ...changed]), ENVIRONMENT, first);
    const [before, after] = [
      virtualHost(first.snapshot, '*')?.entries ?? [],
      virtualHost(second.snapshot, '*')?.entries ?? [],
    ];
    assert.equal(after.length, 10_000);
    assert.equal(after.filter((item, index) => item !== before[index]).length, 1);
    assert.equal(second.memory.routes.changes.size, 1);
  });
});
