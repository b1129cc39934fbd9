// SPDX-License-Identifier: Apache-2.0

/** Arbitrary snapshots for property tests: small, sorted, and alike enough that two of them share many parts. */
import fc from 'fast-check';
import { sampleCluster } from './cluster.test-support.ts';
import type { Cluster } from './cluster.ts';
import { type EndpointSet, endpointSet } from './endpoint-set.ts';
import type { ClientNamespace } from './frontend.ts';
import type { Certificate, Listener, VirtualHost } from './listener.ts';
import { sortSnapshot } from './order.ts';
import { sampleRule } from './rule.test-support.ts';
import type { RequestMatch, RouteEntry, Rule } from './rule.ts';
import type { Binding, Snapshot } from './snapshot.ts';
import type { StreamRule } from './stream-rule.ts';
import { sampleTracing } from './tracing.test-support.ts';
import type { TrustBundle } from './trust-bundle.ts';

const HOSTS = ['*', '*.example.com', 'a.example.com', 'b.example.com'];
const NAMES = ['a', 'b', 'c', 'd', 'e'];

/** A rule whose content follows from `variant`. */
export function variantRule(id: string, variant: number): Rule {
  return sampleRule(id, {
    filters:
      variant % 2 === 0 ? [] : [{ kind: 'request-headers', change: { set: [], add: [], remove: [`x-${variant}`] } }],
    backends: [
      { weight: variant + 1, target: { kind: 'cluster', cluster: 'default/a:80' }, filters: [], session: null },
    ],
  });
}

/** A match whose content follows from `service`. */
export function sampleMatch(service: string): RequestMatch {
  return { kind: 'grpc', method: { kind: 'exact', service, method: null }, headers: [] };
}

const variants: fc.Arbitrary<number> = fc.nat({ max: 2 });

function entries(rules: ReadonlyMap<string, Rule>): fc.Arbitrary<RouteEntry[]> {
  const ids = [...rules.keys()];
  const entry = fc.record({
    id: fc.constantFrom(...ids),
    service: fc.constantFrom(...NAMES),
    matchIndex: fc.nat({ max: 2 }),
  });
  return fc.array(entry, { maxLength: 8 }).map(list =>
    list.map(({ id, service, matchIndex }) => {
      return { match: sampleMatch(service), rule: rules.get(id) ?? variantRule(id, 0), matchIndex };
    }),
  );
}

const FAULT = { httpStatus: 500, grpcStatus: 14, message: 'broken', reason: 'filter_unresolved' };

function virtualHosts(rules: ReadonlyMap<string, Rule>): fc.Arbitrary<VirtualHost[]> {
  const host = fc.record({ hostname: fc.constantFrom(...HOSTS), entries: entries(rules) });
  return fc.uniqueArray(host, { selector: value => value.hostname, maxLength: 4 });
}

function listeners(rules: ReadonlyMap<string, Rule>): fc.Arbitrary<Listener[]> {
  const kind = fc.constantFrom(
    { kind: 'http' as const },
    {
      kind: 'https' as const,
      tls: {
        certificates: ['default/a@1'],
        clients: { bundle: 'ConfigMap/default/ca@1', certificate: 'required' as const, isForwarded: true },
      },
    },
  );
  const identity = fc.record({
    id: fc.constantFrom(...NAMES).map(name => `default/gateway/${name}`),
    gateway: fc.constant({ namespace: 'default', name: 'gateway' }),
    listenerSet: fc.constantFrom(null, { namespace: 'default', name: 'set' }),
    clients: fc.constantFrom(null, 'team'),
    name: fc.constantFrom(...NAMES),
    hostname: fc.constantFrom(...HOSTS),
    health: fc.constantFrom(null, { path: '/healthz', headers: [{ name: 'probe', value: 'yes' }] }),
    filters: fc.constantFrom([], [{ kind: 'fault' as const, fault: FAULT }]),
    trustedProxies: fc.constantFrom([], ['10.0.0.0/8']),
    tracing: fc.constantFrom(null, sampleTracing()),
    virtualHosts: virtualHosts(rules),
    ports: fc.constant({ own: 80, http: 80, https: 443 }),
  });
  const listener = fc.tuple(kind, identity).map(([own, all]): Listener => ({ ...own, ...all }));
  return fc.uniqueArray(fc.oneof(listener, streamListeners()), {
    selector: value => value.id,
    minLength: 1,
    maxLength: 3,
  });
}

function streamRule(variant: number): StreamRule {
  const { id, origin, backends } = variantRule(`stream-${variant}`, variant);
  const targets = backends.map(({ weight, target }) => ({ weight, target }));
  return { id, origin, fault: null, backends: targets, totalWeight: variant + 1, idleTimeoutMs: 3_600_000, alpn: [] };
}

function streamListeners(): fc.Arbitrary<Listener> {
  const identity = fc.record({
    id: fc.constantFrom(...NAMES).map(name => `default/gateway/${name}`),
    gateway: fc.constant({ namespace: 'default', name: 'gateway' }),
    listenerSet: fc.constant(null),
    clients: fc.constantFrom(null, 'team'),
    name: fc.constantFrom(...NAMES),
    hostname: fc.constantFrom(...HOSTS),
  });
  const name = fc.record({ hostname: fc.constantFrom(...HOSTS), rule: variants.map(streamRule) });
  const serverNames = fc.uniqueArray(name, { selector: value => value.hostname, maxLength: 4 });
  const kind = fc.oneof(
    fc.record({
      kind: fc.constant('tls' as const),
      serverNames,
      tls: fc.constantFrom(null, { certificates: ['a'], clients: null }),
    }),
    fc.record({
      kind: fc.constantFrom('tcp' as const, 'udp' as const),
      rule: fc.option(variants.map(streamRule)),
    }),
  );
  return fc.tuple(kind, identity).map(([own, all]) => ({ ...own, ...all }));
}

function bindings(rules: ReadonlyMap<string, Rule>): fc.Arbitrary<Binding[]> {
  const binding = fc.record({ port: fc.nat({ max: 3 }), listeners: listeners(rules) }).map(({ port, listeners }) => {
    return {
      id: `127.0.0.1:${port}/tcp`,
      address: '127.0.0.1',
      port,
      admission: 'first-bytes' as const,
      frontend: null,
      proxyProtocolFrom: [],
      listeners,
    };
  });
  return fc.uniqueArray(binding, { selector: value => value.id, maxLength: 3 });
}

const clusters: fc.Arbitrary<Cluster[]> = fc.uniqueArray(
  fc.record({ name: fc.constantFrom(...NAMES), variant: variants }).map(({ name, variant }): Cluster => {
    return sampleCluster(`default/${name}:80`, {
      balancer: variant === 0 ? { kind: 'round-robin' } : { kind: 'maglev', key: { kind: 'source-ip' } },
      connectTimeoutMs: 1000 + variant,
    });
  }),
  { selector: cluster => cluster.id },
);

const endpoints: fc.Arbitrary<EndpointSet[]> = fc.uniqueArray(
  fc
    .record({
      cluster: fc.constantFrom(...NAMES).map(name => `default/${name}:80`),
      endpoints: fc.uniqueArray(
        fc.record({
          address: fc.constantFrom('10.0.0.1', '10.0.0.2', '::1'),
          port: fc.nat({ max: 2 }),
          state: fc.constantFrom('ready' as const, 'draining' as const),
          name: fc.constantFrom('', 'pod'),
        }),
        { selector: value => `${value.address} ${value.port}` },
      ),
    })
    .map(({ cluster, endpoints }) => endpointSet(cluster, endpoints)),
  { selector: set => set.cluster },
);

const certificates: fc.Arbitrary<Certificate[]> = fc.uniqueArray(
  fc.record({ name: fc.constantFrom(...NAMES), variant: variants }).map(({ name, variant }): Certificate => {
    return { id: `default/${name}@${variant}`, chain: name, key: `key ${variant}`, names: [name], notAfterMs: variant };
  }),
  { selector: certificate => certificate.id },
);

const trustBundles: fc.Arbitrary<TrustBundle[]> = fc.uniqueArray(
  fc.constantFrom(...NAMES).map((name): TrustBundle => ({ id: name, pem: [`certificate of ${name}`] })),
  { selector: bundle => bundle.id },
);

const clients: fc.Arbitrary<ClientNamespace[]> = fc.uniqueArray(
  fc.record({
    range: fc.constantFrom('10.0.0.1/32', '10.0.0.2/32', '10.1.0.0/16'),
    namespace: fc.constantFrom(...NAMES),
  }),
  { selector: ({ range }) => range },
);

/** A sorted snapshot; rules of one id have one content. */
export function randomSnapshot(version: number): fc.Arbitrary<Snapshot> {
  return fc
    .array(variants, { minLength: NAMES.length, maxLength: NAMES.length })
    .map(list => new Map(NAMES.map((name, at) => [name, variantRule(name, list[at] ?? 0)])))
    .chain(rules => fc.record({ bindings: bindings(rules), clusters, endpoints, certificates, trustBundles, clients }))
    .map(parts => structuredClone(sortSnapshot({ version, ...parts })));
}
