// SPDX-License-Identifier: Apache-2.0

/**
 * Random objects of most kinds as an API server takes them, odd ones above all: all that listeners can say, sets, grants, policies and
 * classes, and the routes of `random-odd-routes`. An API server refuses some: leave those out.
 */
import fc from 'fast-check';
import {
  auth,
  few,
  mostly,
  named,
  namespace,
  object,
  section,
  service,
  session,
  some,
} from './random-odd-parts.test-support.ts';
import { grpcRoute, httpRoute, streamRoute } from './random-odd-routes.test-support.ts';
import { API, hostname, type WrittenObject, X_GROUP } from './random-world.test-support.ts';

const selector = fc.constantFrom(
  { matchLabels: { team: 'red' } },
  { matchLabels: { constructor: 'red' } },
  { matchExpressions: [{ key: 'team', operator: 'NotIn', values: ['red'] }] },
  { matchExpressions: [{ key: 'team', operator: 'Exists' }] },
  { matchExpressions: [{ key: 'toString', operator: 'DoesNotExist' }] },
  { matchExpressions: [{ key: 'team', operator: 'Odd', values: [] }] },
  {},
);
const fromNamespaces = fc.oneof(
  fc.constantFrom({ from: 'All' }, { from: 'Same' }, { from: 'Selector' }),
  selector.map(written => ({ from: 'Selector', selector: written })),
);

const secretRef = fc
  .record({ name: named('client', 'none'), part: some({ namespace, kind: fc.constantFrom('Secret', 'ConfigMap') }) })
  .map(({ name, part }) => ({ name, ...part }));
const authorityRef = fc
  .record({
    name: named('ca0', 'ca1'),
    kind: mostly(fc.constant('ConfigMap'), fc.constantFrom('Secret', 'ClusterTrustBundle')),
    part: some({ namespace }),
  })
  .map(({ name, kind, part }) => ({
    group: kind === 'ClusterTrustBundle' ? 'certificates.k8s.io' : '',
    kind,
    name,
    ...part,
  }));
const speaks = fc.oneof(
  fc.constantFrom(
    { protocol: 'HTTP' },
    { protocol: 'TCP' },
    { protocol: 'UDP' },
    { protocol: 'x.io/odd' },
    { protocol: 'HTTPS' },
  ),
  fc
    .record({
      protocol: fc.constantFrom('HTTPS', 'TLS'),
      certificateRefs: fc.array(secretRef, { minLength: 1, maxLength: 2 }),
    })
    .map(({ protocol, certificateRefs }) => ({ protocol, tls: { certificateRefs } })),
  fc.constantFrom(
    { protocol: 'TLS', tls: { mode: 'Passthrough' } },
    { protocol: 'HTTPS', tls: { certificateRefs: [{ name: 'client' }] } },
  ),
);
const routeKind = fc.constantFrom(
  { kind: 'HTTPRoute' },
  { kind: 'TCPRoute' },
  { group: 'x.io', kind: 'HTTPRoute' },
  { kind: 'constructor' },
);
const listener = fc
  .record({
    port: fc.constantFrom(80, 81, 443),
    speaks,
    part: some({
      hostname,
      allowedRoutes: some({ namespaces: fromNamespaces, kinds: few(routeKind) }),
      filters: fc.record({
        requests: few(
          fc.oneof(auth, fc.constant({ type: 'ExtensionRef', extensionRef: { group: 'x.io', kind: 'K', name: 'n' } })),
        ),
      }),
    }),
  })
  .map(({ port, speaks: spoken, part: { hostname: host, filters, ...part } }) => {
    const isStream = ['TCP', 'UDP'].includes(spoken.protocol);
    const isFiltered = ['HTTP', 'HTTPS'].includes(spoken.protocol);
    return {
      ...{ port, ...spoken, ...part },
      ...(host === undefined || isStream ? {} : { hostname: host }),
      ...(filters === undefined || !isFiltered ? {} : { filters }),
    };
  });
const listeners = fc
  .array(listener, { minLength: 1, maxLength: 4 })
  .map(list => list.map((one, index) => ({ name: `l${index}`, ...one })));
const validation = fc.record({ caCertificateRefs: fc.array(authorityRef, { minLength: 1, maxLength: 2 }) });
/** Of what is in both namespaces from the start. */
const SOUND_TLS = {
  backend: { clientCertificateRef: { name: 'own' } },
  frontend: { default: { validation: { caCertificateRefs: [{ group: '', kind: 'ConfigMap', name: 'ca0' }] } } },
};
const gateway = object(API, 'Gateway', ['g0', 'g1'])(
  fc
    .record({
      gatewayClassName: mostly(fc.constant('c'), fc.constantFrom('c2', 'constructor')),
      listeners,
      part: some({
        defaultScope: fc.constantFrom('All', 'None'),
        allowedListeners: fc.oneof(
          fc.constant({}),
          fromNamespaces.map(namespaces => ({ namespaces })),
        ),
        addresses: few(
          fc.constantFrom({ value: '127.0.0.2' }, { type: 'Hostname', value: 'x.org' }, {}, { value: '127.0.0.1' }),
        ),
        tls: fc.oneof(
          fc.constant(SOUND_TLS),
          some({
            backend: fc.record({ clientCertificateRef: secretRef }),
            frontend: fc.record({
              default: some({ validation }),
              perPort: fc.record({ port: fc.constantFrom(443, 81), tls: some({ validation }) }).map(one => [one]),
            }),
          }),
        ),
      }),
    })
    .map(({ gatewayClassName, listeners: list, part }) => ({ gatewayClassName, listeners: list, ...part })),
);
const listenerSet = object(API, 'ListenerSet', ['l0', 'l1'])(
  fc
    .record({ parent: some({ namespace }), name: named('g0', 'g1'), listeners })
    .map(({ parent: place, name, listeners: list }) => ({ parentRef: { name, ...place }, listeners: list })),
);

const grantKind = fc.constantFrom(
  'HTTPRoute',
  'GRPCRoute',
  'TCPRoute',
  'TLSRoute',
  'Gateway',
  'ListenerSet',
  'XTelemetryPolicy',
);
const grant = object(API, 'ReferenceGrant', ['grant', 'other'])(
  fc
    .record({
      from: fc.record({
        group: mostly(fc.constant('gateway.networking.k8s.io'), fc.constant('x.io')),
        kind: grantKind,
        namespace,
      }),
      to: fc.oneof(
        fc.record({ group: fc.constantFrom('', '', 'core'), kind: fc.constantFrom('Service', 'Secret', 'ConfigMap') }),
        fc.record({
          group: fc.constant(''),
          kind: fc.constantFrom('Service', 'Secret'),
          name: named('s0', 's1', 'client'),
        }),
      ),
    })
    .map(({ from, to }) => ({ from: [from], to: [to] })),
);

const target = fc
  .record({
    kind: mostly(fc.constant('Service'), fc.constantFrom('Gateway', 'constructor')),
    group: mostly(fc.constant(''), fc.constant('core')),
    name: service,
  })
  .chain(ref => some({ sectionName: section }).map(part => ({ ...ref, ...part })));
const backendTls = object(API, 'BackendTLSPolicy', ['p0', 'p1', 'p2'])(
  fc.record({
    targetRefs: fc.array(target, { minLength: 1, maxLength: 2 }),
    validation: fc
      .record({
        refs: fc.array(authorityRef, { minLength: 1, maxLength: 2 }),
        wellKnown: fc.constantFrom('System', 'x.io/odd', undefined),
      })
      .map(({ refs, wellKnown }) =>
        wellKnown === undefined
          ? { hostname: 'x.org', caCertificateRefs: refs.map(({ namespace: _, ...ref }) => ref) }
          : { hostname: 'x.org', wellKnownCACertificates: wellKnown },
      ),
  }),
);
const traffic = object(`${X_GROUP}/v1alpha1`, 'XBackendTrafficPolicy', ['t0', 't1'])(
  fc
    .record({
      refs: fc.uniqueArray(service, { minLength: 1, maxLength: 2 }),
      part: some({ retryConstraint: fc.constant({}), sessionPersistence: session }),
    })
    .map(({ refs, part }) => ({ targetRefs: refs.map(name => ({ group: '', kind: 'Service', name })), ...part })),
);
const gatewayClass = object(API, 'GatewayClass', ['c', 'c2'])(
  fc
    .record({
      controllerName: mostly(fc.constant('daemun.dev/x'), fc.constant('x.io/other')),
      part: some({ parametersRef: fc.constant({ group: '', kind: 'ConfigMap', namespace: 'a', name: 'ca0' }) }),
    })
    .map(({ controllerName, part }) => ({ controllerName, ...part })),
  false,
);
const mesh = object(`${X_GROUP}/v1alpha1`, 'XMesh', ['m'])(
  fc.record({ controllerName: fc.constantFrom('daemun.dev/x', 'x.io/other') }),
  false,
);

const port = fc
  .record({
    port: fc.constantFrom(1, 2),
    protocol: fc.constantFrom('TCP', 'UDP'),
    part: some({ appProtocol: fc.constantFrom('kubernetes.io/h2c', 'https', 'tcp', 'kubernetes.io/ws') }),
  })
  .map(({ part, ...rest }) => ({ ...rest, ...part }));
const ports = fc
  .uniqueArray(port, { minLength: 1, maxLength: 3, selector: one => `${one.port} ${one.protocol}` })
  .map(list => list.map((one, index) => ({ ...one, name: ['one', 'two', 'l0'][index] ?? '' })));
const oddService = object('v1', 'Service', ['s0', 's1', 's2'])(
  fc.oneof(
    fc
      .record({
        ports,
        part: some({
          clusterIP: fc.constantFrom('None', '10.96.1.9', '::1', 'odd'),
          trafficDistribution: fc.constant('PreferSameNode'),
        }),
      })
      .map(({ ports: list, part }) => ({ ports: list, ...part })),
    fc.constant({ type: 'ExternalName', externalName: 'x.org' }),
  ),
);
const xBackend = object(`${X_GROUP}/v1alpha1`, 'XBackend', ['x0', 'x1'])(
  fc
    .record({
      where: fc.constantFrom(
        { type: 'ExternalHostname', externalHostname: { hostname: 'x.org' } },
        { type: 'EndpointSelector', endpointSelector: { matchLabels: { app: 'one' } } },
        { type: 'EndpointSelector', endpointSelector: { matchLabels: { constructor: 'one' } } },
      ),
      part: some({
        protocol: fc.constantFrom('TCP', 'HTTP', 'HTTP2', 'GRPC'),
        tls: fc
          .record({
            refs: fc.array(authorityRef, { minLength: 1, maxLength: 1 }),
            client: secretRef,
            both: fc.boolean(),
          })
          .map(({ refs, client, both }) => ({
            mode: both ? 'ClientAndServer' : 'ServerOnly',
            validation: { hostname: 'x.org', caCertificateRefs: refs.map(({ namespace: _, ...ref }) => ref) },
            ...(both ? { clientCertificateRef: client } : {}),
          })),
      }),
    })
    .map(({ where, part }) => ({ port: { number: 80 }, ...where, ...part })),
);

/** One object of any of these kinds; an API server refuses some. */
export const oddObject: fc.Arbitrary<WrittenObject> = fc.oneof(
  { weight: 3, arbitrary: gateway },
  { weight: 2, arbitrary: listenerSet },
  { weight: 3, arbitrary: httpRoute },
  { weight: 3, arbitrary: grpcRoute },
  { weight: 2, arbitrary: streamRoute },
  ...[oddService, xBackend, grant, backendTls, traffic, gatewayClass, mesh].map(arbitrary => ({
    weight: 1,
    arbitrary,
  })),
) as fc.Arbitrary<WrittenObject>;
