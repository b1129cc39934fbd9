// SPDX-License-Identifier: Apache-2.0
import type { FakeObject } from '../../src/store/kubernetes/fake-api.test-support.ts';

/** A cluster with many Services, as its API server has it: with all that nobody reads. */
export const NAMESPACE = 'bench';
export const NODE = 'node-0';
export const SERVICE_PORT = 80;
/** Pods of `NODE`. */
const OWN_PODS = 100;
/** Endpoints are Pods here, of which a Service has this many for each of its endpoints, one after another. */
const PODS_EACH = 2;

export interface Size {
  readonly services: number;
  /** Of each Service. */
  readonly endpoints: number;
  /** That Pods listen at. */
  readonly targetPort: number;
}

/** All of it but the slices. */
export function* surroundings({ services, targetPort }: Size): Iterable<FakeObject> {
  yield { kind: 'Namespace', name: NAMESPACE, metadata: { labels: { 'kubernetes.io/metadata.name': NAMESPACE } } };
  for (let pod = 0; pod < OWN_PODS; pod++) yield ownPod(pod);
  for (let index = 0; index < services; index++) {
    yield service(index, targetPort);
    yield route(index);
  }
}

export function clusterIpOf(index: number): string {
  return `10.96.${index >> 8}.${index & 255}`;
}

/** Of a Service's Pod: any number, of which few are there at a time. */
export function podIpOf(index: number, pod: number, { endpoints }: Size): string {
  const place = index * endpoints * PODS_EACH + (pod % (endpoints * PODS_EACH)) + 1;
  return `10.${128 + (place >> 16)}.${(place >> 8) & 255}.${place & 255}`;
}

/** The endpoints of a Service: as many Pods from `first` on as it has, or `count`. */
export function slice(index: number, first: number, size: Size, count = size.endpoints): FakeObject {
  const name = nameOf(index);
  const at = new Date(Date.UTC(2026, 0, 1) + first * 1_000).toISOString();
  return {
    kind: 'EndpointSlice',
    apiVersion: 'discovery.k8s.io/v1',
    namespace: NAMESPACE,
    name: `${name}-x7k2p`,
    metadata: {
      generateName: `${name}-`,
      creationTimestamp: '2026-01-01T00:00:00Z',
      generation: first + 1,
      labels: {
        app: name,
        'app.kubernetes.io/managed-by': 'Helm',
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        'kubernetes.io/service-name': name,
      },
      annotations: { 'endpoints.kubernetes.io/last-change-trigger-time': at },
      ownerReferences: [owner('v1', 'Service', name)],
      managedFields: [managed('kube-controller-manager', SLICE_FIELDS)],
    },
    addressType: 'IPv4',
    endpoints: Array.from({ length: count }, (_, at) => ({
      addresses: [podIpOf(index, first + at, size)],
      conditions: { ready: true, serving: true, terminating: false },
      nodeName: `node-${(index + first + at) % 50}`,
      targetRef: {
        kind: 'Pod',
        name: podName(index, first + at),
        namespace: NAMESPACE,
        uid: uidOf('Pod', name, first + at),
      },
      zone: `zone-${(index + first + at) % 3}`,
    })),
    ports: [{ name: 'http', port: size.targetPort, protocol: 'TCP' }],
  };
}

function service(index: number, targetPort: number): FakeObject {
  const name = nameOf(index);
  const clusterIP = clusterIpOf(index);
  return {
    kind: 'Service',
    apiVersion: 'v1',
    namespace: NAMESPACE,
    name,
    metadata: {
      creationTimestamp: '2026-01-01T00:00:00Z',
      labels: { app: name, 'app.kubernetes.io/managed-by': 'Helm' },
      managedFields: [managed('helm', SERVICE_FIELDS)],
    },
    spec: {
      clusterIP,
      clusterIPs: [clusterIP],
      internalTrafficPolicy: 'Cluster',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      ports: [{ name: 'http', port: SERVICE_PORT, protocol: 'TCP', targetPort, appProtocol: 'http' }],
      selector: { app: name },
      sessionAffinity: 'None',
      type: 'ClusterIP',
    },
    status: { loadBalancer: {} },
  };
}

function route(index: number): FakeObject {
  const name = nameOf(index);
  return {
    kind: 'HTTPRoute',
    apiVersion: 'gateway.networking.k8s.io/v1',
    namespace: NAMESPACE,
    name,
    metadata: {
      creationTimestamp: '2026-01-01T00:00:00Z',
      generation: 1,
      labels: { app: name, 'app.kubernetes.io/managed-by': 'Helm' },
      managedFields: [managed('helm', ROUTE_FIELDS)],
    },
    spec: {
      parentRefs: [{ group: '', kind: 'Service', name, port: SERVICE_PORT }],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/' } }],
          backendRefs: [{ group: '', kind: 'Service', name, port: SERVICE_PORT, weight: 1 }],
          timeouts: { request: '10s' },
        },
      ],
    },
  };
}

function ownPod(pod: number): FakeObject {
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    namespace: NAMESPACE,
    name: `client-${pod}`,
    metadata: { creationTimestamp: '2026-01-01T00:00:00Z', labels: { app: 'client' } },
    spec: { nodeName: NODE, containers: [{ name: 'client', image: 'client' }] },
    status: { phase: 'Running', podIP: `10.244.0.${pod + 1}`, podIPs: [{ ip: `10.244.0.${pod + 1}` }] },
  };
}

function nameOf(index: number): string {
  return `service-${String(index).padStart(4, '0')}`;
}

function podName(index: number, pod: number): string {
  return `${nameOf(index)}-6d4f8c9b7-${(pod + 36 ** 4).toString(36)}`;
}

function owner(apiVersion: string, kind: string, name: string): object {
  return { apiVersion, blockOwnerDeletion: true, controller: true, kind, name, uid: uidOf(kind, name, 0) };
}

/** As long and as various as those of API servers. */
function uidOf(kind: string, name: string, at: number): string {
  const text = [...`${kind}/${name}/${at}`].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 2 ** 48, 7);
  const hex = text.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-4000-8000-${hex}`;
}

function managed(manager: string, fieldsV1: object): object {
  const time = '2026-01-01T00:00:00Z';
  return { apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1, manager, operation: 'Update', time };
}

const SLICE_FIELDS = {
  'f:addressType': {},
  'f:endpoints': {},
  'f:metadata': {
    'f:annotations': { '.': {}, 'f:endpoints.kubernetes.io/last-change-trigger-time': {} },
    'f:generateName': {},
    'f:labels': {
      '.': {},
      'f:app': {},
      'f:app.kubernetes.io/managed-by': {},
      'f:endpointslice.kubernetes.io/managed-by': {},
      'f:kubernetes.io/service-name': {},
    },
    'f:ownerReferences': { '.': {}, 'k:{"uid":"00000000-0000-4000-8000-000000000000"}': {} },
  },
  'f:ports': {},
};

const SERVICE_FIELDS = {
  'f:metadata': { 'f:labels': { '.': {}, 'f:app': {}, 'f:app.kubernetes.io/managed-by': {} } },
  'f:spec': {
    'f:internalTrafficPolicy': {},
    'f:ports': {
      '.': {},
      'k:{"port":80,"protocol":"TCP"}': {
        '.': {},
        'f:appProtocol': {},
        'f:name': {},
        'f:port': {},
        'f:targetPort': {},
      },
    },
    'f:selector': {},
    'f:sessionAffinity': {},
    'f:type': {},
  },
};

const ROUTE_FIELDS = {
  'f:metadata': { 'f:labels': { '.': {}, 'f:app': {}, 'f:app.kubernetes.io/managed-by': {} } },
  'f:spec': { '.': {}, 'f:parentRefs': {}, 'f:rules': {} },
};
