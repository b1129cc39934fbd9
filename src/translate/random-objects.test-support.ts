// SPDX-License-Identifier: Apache-2.0

/** Random Gateways, routes and grants, with backends, from a small world. */
import fc from 'fast-check';
import {
  anyService,
  authorities,
  clientSecret,
  GOOD,
  pod,
  policy,
  slice,
  trafficPolicy,
  xBackend,
} from './random-backends.test-support.ts';
import {
  API,
  hostname,
  metadata,
  namespace,
  service,
  type WrittenObject,
  X_GROUP,
  xBackendName,
} from './random-world.test-support.ts';

const from = fc.constantFrom(
  { from: 'Same' },
  { from: 'All' },
  { from: 'Selector', selector: { matchLabels: { team: 'red' } } },
);
const listener = fc.record(
  { port: fc.constantFrom(80, 81, 8080), hostname, allowedRoutes: fc.record({ namespaces: from }) },
  { requiredKeys: ['port', 'allowedRoutes'] },
);

const scope = fc.constantFrom('All', 'None');

const gateway = fc
  .record({
    metadata: metadata(fc.constantFrom('g0', 'g1')),
    listeners: fc.array(listener, { minLength: 1, maxLength: 3 }),
    client: fc.constantFrom(undefined, 'client', 'none'),
    scope,
  })
  .map(({ metadata: meta, listeners, client, scope: defaultScope }) => {
    const distinct = new Map(listeners.map(l => [`${l.port} ${l.hostname ?? ''}`, l]));
    const spec = {
      gatewayClassName: 'c',
      defaultScope,
      ...(client === undefined ? {} : { tls: { backend: { clientCertificateRef: { name: client } } } }),
      listeners: [...distinct.values()].map((l, index) => ({ ...l, name: `l${index}`, protocol: 'HTTP' })),
    };
    return { apiVersion: API, kind: 'Gateway', metadata: meta, spec };
  });

const backendRef = fc.record(
  { name: service, namespace, port: fc.constantFrom(1, 2), weight: fc.integer({ min: 0, max: 3 }) },
  { requiredKeys: ['name', 'port'] },
);
const match = fc.constantFrom(
  {},
  { method: { service: 'p.S' } },
  { method: { service: 'p.S', method: 'M' } },
  { method: { service: 'q.r' } },
  { method: { type: 'RegularExpression', service: 'p.*' } },
  { method: { type: 'RegularExpression', service: '(' } },
  { headers: [{ name: 'h', value: 'v' }] },
);
const rule = fc.record(
  { matches: fc.array(match, { maxLength: 3 }), backendRefs: fc.array(backendRef, { maxLength: 2 }) },
  { requiredKeys: [] },
);
const parent = fc.oneof(
  { weight: 3, arbitrary: fc.record({ name: fc.constantFrom('g0', 'g1'), namespace }) },
  {
    weight: 2,
    arbitrary: fc.record(
      { group: fc.constant(''), kind: fc.constant('Service'), name: service, namespace, port: fc.constantFrom(1, 2) },
      { requiredKeys: ['group', 'kind', 'name', 'namespace'] },
    ),
  },
);
const route = fc
  .record({
    metadata: metadata(fc.constantFrom('r0', 'r1', 'r2')),
    parent,
    hostnames: fc.uniqueArray(hostname, { maxLength: 2 }),
    rules: fc.array(rule, { maxLength: 2 }),
    useDefaultGateways: scope,
  })
  .map(({ metadata: meta, parent, hostnames, rules, useDefaultGateways }) => ({
    apiVersion: API,
    kind: 'GRPCRoute',
    metadata: meta,
    spec: { parentRefs: [parent], useDefaultGateways, hostnames, rules },
  }));

const pathMatch = fc.record({
  type: fc.constantFrom('Exact', 'PathPrefix', 'RegularExpression'),
  value: fc.constantFrom('/', '/a', '/a/b'),
});
const httpRoute = fc
  .record({
    metadata: metadata(fc.constantFrom('r0', 'r1', 'r2')),
    parent,
    hostnames: fc.uniqueArray(hostname, { maxLength: 2 }),
    paths: fc.array(pathMatch, { minLength: 1, maxLength: 2 }),
    backend: fc.oneof(
      fc.record({ name: service, port: fc.constantFrom(1, 2), weight: fc.nat({ max: 2 }) }),
      fc.record({ group: fc.constant(X_GROUP), kind: fc.constant('XBackend'), name: xBackendName }),
    ),
  })
  .map(({ metadata: meta, parent, hostnames, paths, backend }) => ({
    apiVersion: API,
    kind: 'HTTPRoute',
    metadata: meta,
    spec: {
      parentRefs: [parent],
      hostnames,
      rules: paths.map(path => ({ matches: [{ path }], backendRefs: [backend] })),
    },
  }));

const grant = fc.record({ namespace, from: namespace }).map(written => ({
  apiVersion: API,
  kind: 'ReferenceGrant',
  metadata: { name: 'grant', namespace: written.namespace },
  spec: {
    from: [{ group: 'gateway.networking.k8s.io', kind: 'GRPCRoute', namespace: written.from }],
    to: [{ group: '', kind: 'Service' }],
  },
}));

const anyNamespace = fc.record({ name: namespace, team: fc.constantFrom('red', 'blue') }).map(written => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: written.name, labels: { team: written.team } },
}));

/** One object of a kind that many have. */
export const commonObject: fc.Arbitrary<WrittenObject> = fc.oneof(
  gateway,
  route,
  route,
  httpRoute,
  anyService,
  slice,
  xBackend,
  pod,
  trafficPolicy,
  grant,
  anyNamespace,
  policy,
  authorities,
  clientSecret,
);

/** A world in which most routes attach, and most backends and certificates resolve. */
const BASE: readonly WrittenObject[] = ['a', 'b'].flatMap(place => [
  {
    apiVersion: API,
    kind: 'Gateway',
    metadata: { name: 'g0', namespace: place },
    spec: {
      gatewayClassName: 'c',
      listeners: [
        {
          name: 'any',
          port: place === 'a' ? 90 : 91,
          protocol: 'HTTP',
          allowedRoutes: { namespaces: { from: 'All' } },
        },
      ],
    },
  },
  ...['s0', 's1', 's2'].map(name => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: place },
    spec: { ports: [{ name: 'one', port: 1 }] },
  })),
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'ca0', namespace: place }, data: { 'ca.crt': GOOD } },
  ...['client', 'own'].map(name => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: place },
    type: 'kubernetes.io/tls',
    stringData: { 'tls.crt': `${GOOD} ${name}`, 'tls.key': GOOD },
  })),
]);

/** Random objects on top of the world above; each replaces the one of its name. */
export function worldOf(object: fc.Arbitrary<WrittenObject>): fc.Arbitrary<readonly WrittenObject[]> {
  return fc
    .uniqueArray(object, { selector: objectKey, minLength: 5, maxLength: 16 })
    .map(list => [...new Map([...BASE, ...list].map(one => [objectKey(one), one])).values()]);
}

/** What tells two objects of a set apart. */
export function objectKey({ kind, metadata: { namespace: place, name } }: WrittenObject): string {
  return `${kind}/${place ?? ''}/${name}`;
}
