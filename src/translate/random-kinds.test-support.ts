// SPDX-License-Identifier: Apache-2.0

/** Random objects of the kinds that `random-objects` has none of, in the same small world: listeners of every protocol, sets of them, routes of streams. */
import fc from 'fast-check';
import { API, hostname, metadata, namespace, service, type WrittenObject } from './random-world.test-support.ts';

const CERTIFICATE = { certificateRefs: [{ name: 'client' }] };
/** What listeners of a kind have beside port and name. */
const speaks = fc.constantFrom<object>(
  { protocol: 'HTTP' },
  { protocol: 'HTTPS', tls: CERTIFICATE },
  { protocol: 'TLS', tls: { mode: 'Passthrough' } },
  { protocol: 'TLS', tls: { mode: 'Terminate', ...CERTIFICATE } },
  { protocol: 'TCP' },
  { protocol: 'UDP' },
  { protocol: 'HTTP', filters: { requests: [auth('s0')] } },
);
const from = fc.constantFrom('Same', 'All');
const listeners = fc
  .array(fc.record({ port: fc.constantFrom(80, 443, 90), hostname, isNamed: fc.boolean(), speaks, from }), {
    minLength: 1,
    maxLength: 3,
  })
  .map(list => {
    const made = list.map(one => {
      const isStream = ['TCP', 'UDP'].includes(protocolOf(one.speaks));
      const host = one.isNamed && !isStream ? { hostname: one.hostname } : {};
      const allowedRoutes = { namespaces: { from: one.from } };
      return { port: one.port, ...host, ...one.speaks, allowedRoutes };
    });
    // An API server lets no two be alike.
    const distinct = new Map(
      made.map(one => [`${one.port} ${protocolOf(one)} ${'hostname' in one ? one.hostname : ''}`, one]),
    );
    return [...distinct.values()].map((one, index) => ({ name: `l${index}`, ...one }));
  });

function protocolOf(listener: object): string {
  return 'protocol' in listener ? String(listener.protocol) : '';
}

function auth(name: string): object {
  return {
    type: 'ExternalAuth',
    externalAuth: { protocol: 'HTTP', backendRef: { name, port: 1 }, http: { path: '/' } },
  };
}

const gateway = fc.record({ metadata: metadata(fc.constantFrom('g0', 'g1')), listeners, sets: from }).map(written => ({
  apiVersion: API,
  kind: 'Gateway',
  metadata: written.metadata,
  spec: {
    gatewayClassName: 'c',
    allowedListeners: { namespaces: { from: written.sets } },
    listeners: written.listeners,
  },
}));

const listenerSet = fc
  .record({
    metadata: metadata(fc.constantFrom('l0', 'l1')),
    parent: fc.constantFrom('g0', 'g1'),
    parentNamespace: namespace,
    listeners,
  })
  .map(written => ({
    apiVersion: API,
    kind: 'ListenerSet',
    metadata: written.metadata,
    spec: { parentRef: { name: written.parent, namespace: written.parentNamespace }, listeners: written.listeners },
  }));

const parent = fc.oneof(
  fc.record({ kind: fc.constant('Gateway'), name: fc.constantFrom('g0', 'g1'), namespace }),
  fc.record({ kind: fc.constant('ListenerSet'), name: fc.constantFrom('l0', 'l1'), namespace }),
  fc.record(
    { group: fc.constant(''), kind: fc.constant('Service'), name: service, namespace, port: fc.constantFrom(1, 2) },
    { requiredKeys: ['group', 'kind', 'name', 'namespace'] },
  ),
);
const backendRefs = fc.array(
  fc.record(
    { name: service, namespace, port: fc.constantFrom(1, 2), weight: fc.nat({ max: 2 }) },
    { requiredKeys: ['name', 'port'] },
  ),
  { minLength: 1, maxLength: 2 },
);
const route = fc
  .record({
    kind: fc.constantFrom('TCPRoute', 'TLSRoute', 'UDPRoute', 'HTTPRoute'),
    metadata: metadata(fc.constantFrom('r0', 'r1')),
    parent,
    hostnames: fc.uniqueArray(hostname, { minLength: 1, maxLength: 2 }),
    backendRefs,
    isAsked: fc.boolean(),
  })
  .map(written => {
    const { kind, hostnames, backendRefs: refs } = written;
    const named = kind === 'TLSRoute' || kind === 'HTTPRoute' ? { hostnames } : {};
    const filters = kind === 'HTTPRoute' && written.isAsked ? { filters: [auth('s1')] } : {};
    const spec = { parentRefs: [written.parent], ...named, rules: [{ backendRefs: refs, ...filters }] };
    return { apiVersion: API, kind, metadata: written.metadata, spec };
  });

const telemetry = fc
  .record({ metadata: metadata(fc.constantFrom('t0', 't1')), target: fc.constantFrom('g0', 'g1'), service })
  .map(written => ({
    apiVersion: 'gateway.networking.x-k8s.io/v1alpha1',
    kind: 'XTelemetryPolicy',
    metadata: written.metadata,
    spec: {
      targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: written.target }],
      tracing: { mode: 'Enabled', provider: { backendRef: { name: written.service, port: 1 } } },
    },
  }));

/** One object of any of these kinds. */
export const otherObject: fc.Arbitrary<WrittenObject> = fc.oneof(gateway, listenerSet, route, route, telemetry);
