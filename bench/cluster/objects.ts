// SPDX-License-Identifier: Apache-2.0

/** What the bench puts into a cluster. Two of them beside each other need a BENCH_NAME each. */
export const NAMESPACE = process.env['BENCH_NAME'] ?? 'daemun-bench';
export const CLASS = NAMESPACE;
const CONTROLLER = `daemun.dev/${NAMESPACE}`;
/** What daemun is given of it. */
export const CONTROLLED = ['--controller-name', CONTROLLER, '--lease-namespace', NAMESPACE];
const GATEWAYS = '/apis/gateway.networking.k8s.io/v1';
const IN_NAMESPACE = `/namespaces/${NAMESPACE}`;
export const ROUTES = `${GATEWAYS}${IN_NAMESPACE}/httproutes`;

/** The API's path of an object, and the object. */
export type Placed = readonly [path: string, object: object];

/** The one endpoint of Services. */
export interface Backend {
  readonly address: string;
  readonly port: number;
}

/** The objects that all routes need: a class, a Gateway at `address`, so many Services that have `backend`. */
export function surroundings(address: string, backend: Backend, services = 1): readonly Placed[] {
  const metadata = { namespace: NAMESPACE, name: 'bench' };
  const apiVersion = 'gateway.networking.k8s.io/v1';
  return [
    [
      `${GATEWAYS}/gatewayclasses/${CLASS}`,
      { apiVersion, kind: 'GatewayClass', metadata: { name: CLASS }, spec: { controllerName: CONTROLLER } },
    ],
    [
      `${GATEWAYS}${IN_NAMESPACE}/gateways/bench`,
      {
        apiVersion,
        kind: 'Gateway',
        metadata,
        spec: {
          gatewayClassName: CLASS,
          addresses: [{ type: 'IPAddress', value: address }],
          listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }],
        },
      },
    ],
    ...Array.from({ length: services }, (_, index) => service(index, backend)).flat(),
  ];
}

/** A Service with its slice. */
function service(index: number, { address, port }: Backend): readonly Placed[] {
  const name = serviceOf(index);
  const metadata = { namespace: NAMESPACE, name };
  return [
    [
      `/api/v1${IN_NAMESPACE}/services/${name}`,
      { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ port: 80, targetPort: port }] } },
    ],
    [
      `/apis/discovery.k8s.io/v1${IN_NAMESPACE}/endpointslices/${name}`,
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { ...metadata, labels: { 'kubernetes.io/service-name': name } },
        addressType: 'IPv4',
        endpoints: [{ addresses: [address], conditions: { ready: true } }],
        ports: [{ port, protocol: 'TCP' }],
      },
    ],
  ];
}

function serviceOf(index: number): string {
  return index === 0 ? 'bench' : `bench-${index}`;
}

/** A route of its own host, for a path, to the one of `services` Services whose turn it is. */
export function route(index: number, path: string, services = 1): object {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { namespace: NAMESPACE, name: `route-${index}` },
    spec: {
      parentRefs: [{ name: 'bench' }],
      hostnames: [hostOf(index)],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: path } }],
          backendRefs: [{ name: serviceOf(index % services), port: 80 }],
        },
      ],
    },
  };
}

export function hostOf(index: number): string {
  return `host-${index}.example.com`;
}
