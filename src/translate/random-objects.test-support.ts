// SPDX-License-Identifier: Apache-2.0

/** Random Gateways, routes, Services and grants from a small world, so that they often meet. */
import fc from 'fast-check';

/** An object as a user writes it. */
export type WrittenObject = Readonly<Record<string, unknown>> & {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
};

const API = 'gateway.networking.k8s.io/v1';
const namespace = fc.constantFrom('a', 'b');
const service = fc.constantFrom('s0', 's1', 's2');
const hostname = fc.constantFrom('x.org', '*.org', 'y.x.org', '*.x.org', 'z.net');
const created = fc.constantFrom('2025-01-01T00:00:00Z', '2025-02-01T00:00:00Z');
const metadata = (name: fc.Arbitrary<string>) => fc.record({ name, namespace, creationTimestamp: created });

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

const X_GROUP = 'gateway.networking.x-k8s.io';
const xBackendName = fc.constantFrom('x0', 'x1');
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

const ports = fc.constantFrom('one', 'two', 'headless');
const reach = fc.constantFrom({}, { internalTrafficPolicy: 'Local' });
const servicePart = fc.record({ metadata: metadata(service), ports, reach });
const anyService = servicePart.map(({ metadata: meta, ports: written, reach: policy }) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: meta,
  spec: {
    ...(written === 'headless' ? { clusterIP: 'None' } : {}),
    ...policy,
    ports: [{ name: 'one', port: 1 }, ...(written === 'two' ? [{ name: 'two', port: 2 }] : [])],
  },
}));

const slice = fc
  .record({ name: fc.constantFrom('e0', 'e1'), namespace, service, address: fc.constantFrom('10.0.0.1', '10.0.0.2') })
  .map(written => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: written.name,
      namespace: written.namespace,
      labels: { 'kubernetes.io/service-name': written.service },
    },
    addressType: 'IPv4',
    ports: [{ name: 'one', port: 9001 }],
    endpoints: [{ addresses: [written.address], nodeName: written.address === '10.0.0.1' ? 'n1' : 'n2' }],
  }));

const xBackend = fc
  .record({
    metadata: metadata(xBackendName),
    app: fc.constantFrom('one', 'two', null),
    protocol: fc.constantFrom('HTTP', 'H2C', 'TCP'),
    session: fc.boolean(),
  })
  .map(({ metadata: meta, app, protocol, session }) => ({
    apiVersion: `${X_GROUP}/v1alpha1`,
    kind: 'XBackend',
    metadata: meta,
    spec: {
      ...(app === null
        ? { type: 'ExternalHostname', externalHostname: { hostname: 'outside.org' } }
        : { type: 'EndpointSelector', endpointSelector: { matchLabels: { app } } }),
      ...(session && app !== null ? { sessionPersistence: { cookie: {} } } : {}),
      ...{ port: { number: 80 }, protocol },
    },
  }));

const pod = fc
  .record({ name: fc.constantFrom('p0', 'p1'), namespace, app: fc.constantFrom('one', 'two'), ready: fc.boolean() })
  .map(written => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: written.name, namespace: written.namespace, labels: { app: written.app } },
    status: {
      podIP: written.name === 'p0' ? '10.1.0.1' : '10.1.0.2',
      conditions: [{ type: 'Ready', status: written.ready ? 'True' : 'False' }],
    },
  }));

const trafficPolicy = fc
  .record({ metadata: metadata(fc.constantFrom('t0', 't1')), target: service, session: fc.boolean() })
  .map(({ metadata: meta, target, session }) => ({
    apiVersion: `${X_GROUP}/v1alpha1`,
    kind: 'XBackendTrafficPolicy',
    metadata: meta,
    spec: {
      targetRefs: [{ group: '', kind: 'Service', name: target }],
      retryConstraint: {},
      ...(session ? { sessionPersistence: { cookie: {} } } : {}),
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

const policy = fc
  .record({
    metadata: metadata(fc.constantFrom('p0', 'p1')),
    service,
    section: fc.constantFrom(undefined, 'one', 'two'),
    trust: fc.constantFrom('ca0', 'ca1', 'System'),
    hostname: fc.constantFrom('x.org', 'z.net'),
  })
  .map(written => ({
    apiVersion: API,
    kind: 'BackendTLSPolicy',
    metadata: written.metadata,
    spec: {
      targetRefs: [
        {
          group: '',
          kind: 'Service',
          name: written.service,
          ...(written.section === undefined ? {} : { sectionName: written.section }),
        },
      ],
      validation: {
        hostname: written.hostname,
        ...(written.trust === 'System'
          ? { wellKnownCACertificates: 'System' }
          : { caCertificateRefs: [{ group: '', kind: 'ConfigMap', name: written.trust }] }),
      },
    },
  }));

const GOOD = 'good';
const authorities = fc
  .record({ name: fc.constantFrom('ca0', 'ca1'), namespace, text: fc.constantFrom(GOOD, `${GOOD} too`, 'bad') })
  .map(written => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: written.name, namespace: written.namespace },
    data: { 'ca.crt': written.text },
  }));

const clientSecret = fc.record({ namespace, text: fc.constantFrom(GOOD, `${GOOD} too`, 'bad') }).map(written => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'client', namespace: written.namespace },
  type: 'kubernetes.io/tls',
  stringData: { 'tls.crt': written.text, 'tls.key': written.text },
}));

/** How certificates of this world are judged. */
export const INSPECTIONS = {
  inspectTrust: (pem: string) =>
    pem.startsWith(GOOD) ? { certificates: [{ pem, notAfterMs: Date.UTC(2030, 0) }] } : { problem: 'bad' },
  inspectCertificate: (chain: string, key: string) =>
    chain.startsWith(GOOD) ? { chain, key, names: [], notAfterMs: Date.UTC(2030, 0) } : { problem: 'bad' },
};

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

/** A world in which most routes attach and most backends resolve. */
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
