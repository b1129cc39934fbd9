// SPDX-License-Identifier: Apache-2.0

/**
 * What odd objects are made of, as an API server takes them: names that languages know, texts with slashes, references across
 * namespaces.
 */
import fc from 'fast-check';
import { X_GROUP } from './random-world.test-support.ts';

/** `rare` once in eight times. */
export function mostly<A, B>(usual: fc.Arbitrary<A>, rare: fc.Arbitrary<B>): fc.Arbitrary<A | B> {
  return fc.oneof({ weight: 7, arbitrary: usual }, { weight: 1, arbitrary: rare });
}

/** Each field is there or not. */
export function some<T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) {
  return fc.record<T, never>(fields, { requiredKeys: [] });
}

const ODD = ['constructor', 'b/s0', '..', 'S0', 's0 one', 's'.repeat(253)];
export const namespace = fc.constantFrom('a', 'b');
export const named = (...names: string[]): fc.Arbitrary<string> =>
  mostly(fc.constantFrom(...names), fc.constantFrom(...ODD));
export const service = named('s0', 's1', 's2');
const created = fc.constantFrom('2025-01-01T00:00:00Z', '2025-02-01T00:00:00Z');
const generation = fc.constantFrom(1, 2, 7);

const annotation = fc.constantFrom<Record<string, string>>(
  { 'daemun.dev/retry': '2' },
  { 'daemun.dev/request-timeout': '3s' },
  { 'daemun.dev/load-balancer': 'least-request' },
  { 'daemun.dev/endpoints': '10.9.9.9:80' },
  { 'daemun.dev/trusted-proxies': '10.0.0.0/8' },
  { 'daemun.dev/proxy-protocol-from': '10.0.0.0/8, 10.1.0.0/16' },
  { 'daemun.dev/health-check': 'grpc' },
  { 'daemun.dev/forward-client-certificate': 'true' },
  { 'daemun.dev/none-such': 'x' },
);
function metadataOf(names: readonly string[], inNamespace = true) {
  return fc
    .record({
      name: mostly(fc.constantFrom(...names), fc.constant('constructor')),
      namespace,
      creationTimestamp: created,
      generation,
      uid: fc.constantFrom('u1', 'u2'),
      annotations: mostly(fc.constant({}), annotation),
    })
    .map(({ namespace: place, ...rest }) => (inNamespace ? { ...rest, namespace: place } : rest));
}

export function object(apiVersion: string, kind: string, names: readonly string[]) {
  return (spec: fc.Arbitrary<object>, inNamespace = true) =>
    fc
      .record({ metadata: metadataOf(names, inNamespace), spec })
      .map(({ metadata, spec: written }) => ({ apiVersion, kind, metadata, spec: written }));
}

export const backend = fc.oneof(
  {
    weight: 6,
    arbitrary: some({ namespace }).chain(place =>
      fc.record({ name: service, port: fc.constantFrom(1, 2) }).map(ref => ({ ...place, ...ref })),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record({ group: fc.constant(X_GROUP), kind: fc.constant('XBackend'), name: named('x0', 'x1') }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      group: fc.constantFrom('core', 'net', ''),
      kind: fc.constantFrom('Service', 'Bucket'),
      name: service,
      port: fc.constant(1),
    }),
  },
);
export const auth = fc.record({ backendRef: backend, isGrpc: fc.boolean() }).map(({ backendRef, isGrpc }) => ({
  type: 'ExternalAuth',
  externalAuth: isGrpc ? { protocol: 'GRPC', grpc: {}, backendRef } : { protocol: 'HTTP', http: {}, backendRef },
}));
export const few = <T>(item: fc.Arbitrary<T>, maxLength = 2): fc.Arbitrary<T[]> => fc.array(item, { maxLength });
export const session = fc.constantFrom(
  { cookie: {} },
  { type: 'Header', header: { name: 'cookie' } },
  { type: 'Header', header: { name: 'x-s' } },
  { cookie: { path: 'x;y' } },
);

export const section = fc.constantFrom('l0', 'l1', 'one', 'none');
