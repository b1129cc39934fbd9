// SPDX-License-Identifier: Apache-2.0

/** Random backends of a small world: Services with their slices, XBackends with their Pods, and how they are spoken to. */
import fc from 'fast-check';
import { API, metadata, namespace, service, X_GROUP, xBackendName } from './random-world.test-support.ts';

const ports = fc.constantFrom('one', 'two', 'headless');
const reach = fc.constantFrom({}, { internalTrafficPolicy: 'Local' });
const servicePart = fc.record({ metadata: metadata(service), ports, reach });
export const anyService = servicePart.map(({ metadata: meta, ports: written, reach: policy }) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: meta,
  spec: {
    ...(written === 'headless' ? { clusterIP: 'None' } : {}),
    ...policy,
    ports: [{ name: 'one', port: 1 }, ...(written === 'two' ? [{ name: 'two', port: 2 }] : [])],
  },
}));

export const slice = fc
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

export const xBackend = fc
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

export const pod = fc
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

export const trafficPolicy = fc
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

export const policy = fc
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

export const GOOD = 'good';
export const authorities = fc
  .record({ name: fc.constantFrom('ca0', 'ca1'), namespace, text: fc.constantFrom(GOOD, `${GOOD} too`, 'bad') })
  .map(written => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: written.name, namespace: written.namespace },
    data: { 'ca.crt': written.text },
  }));

export const clientSecret = fc
  .record({ namespace, text: fc.constantFrom(GOOD, `${GOOD} too`, 'bad') })
  .map(written => ({
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
