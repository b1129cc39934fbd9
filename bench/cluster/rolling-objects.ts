// SPDX-License-Identifier: Apache-2.0

import type { CertificatePair } from '../../src/demo/index.ts';
import type { Placed } from './objects.ts';

/** What the bench of roll-outs puts into a cluster. */
export const ROLLING = 'daemun-rolling';
export const HOST = 'rolling.example.com';
const IN_NAMESPACE = `/namespaces/${ROLLING}`;
const GATEWAYS = `/apis/gateway.networking.k8s.io/v1${IN_NAMESPACE}`;
export const GATEWAY_PATH = `${GATEWAYS}/gateways/rolling`;
export const BACKENDS_PATH = `/apis/apps/v1${IN_NAMESPACE}/deployments/backends`;
/** The port on which backends listen. */
const PORT = 8080;

/** As a standalone gateway whose demo Pods answer all there is: it drains as an application should. */
const BACKEND_MANIFESTS = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: backend }
spec: { gatewayClassName: daemun, listeners: [{ name: http, port: ${PORT}, protocol: HTTP }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: GRPCRoute
metadata: { name: calls }
spec: { parentRefs: [{ name: backend }], hostnames: [grpc.${HOST}], rules: [{ backendRefs: [{ name: demo, port: 80 }] }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: requests }
spec: { parentRefs: [{ name: backend }], hostnames: [${HOST}], rules: [{ backendRefs: [{ name: demo, port: 80 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: demo }
spec: { ports: [{ port: 80 }] }
`;

/** All objects: `replicas` backends that run `image`, one of daemun, behind a Gateway of `gatewayClass`. */
export function rollingObjects(
  gatewayClass: string,
  { image, replicas, pair }: { readonly image: string; readonly replicas: number; readonly pair: CertificatePair },
): readonly Placed[] {
  const metadata = { namespace: ROLLING, name: 'rolling' };
  const apiVersion = 'gateway.networking.k8s.io/v1';
  const backendRefs = [{ name: 'rolling', port: 80 }];
  const tls = { certificateRefs: [{ name: 'rolling' }] };
  const listeners = [
    { name: 'http', port: 80, protocol: 'HTTP' },
    { name: 'https', port: 443, protocol: 'HTTPS', tls },
  ];
  const encode = (text: string): string => Buffer.from(text).toString('base64');
  const data = { 'tls.crt': encode(pair.chain), 'tls.key': encode(pair.key) };
  const route = (kind: string, host: string): object => ({
    ...{ apiVersion, kind, metadata },
    spec: { parentRefs: [{ name: 'rolling' }], hostnames: [host], rules: [{ backendRefs }] },
  });
  return [
    [
      `/api/v1${IN_NAMESPACE}/secrets/rolling`,
      { apiVersion: 'v1', kind: 'Secret', metadata, type: 'kubernetes.io/tls', data },
    ],
    [GATEWAY_PATH, { apiVersion, kind: 'Gateway', metadata, spec: { gatewayClassName: gatewayClass, listeners } }],
    [`${GATEWAYS}/httproutes/rolling`, route('HTTPRoute', HOST)],
    [`${GATEWAYS}/grpcroutes/rolling`, route('GRPCRoute', `grpc.${HOST}`)],
    ...backendObjects(image, replicas),
  ];
}

function backendObjects(image: string, replicas: number): readonly Placed[] {
  const namespace = ROLLING;
  const labels = { app: 'backends' };
  const command = [
    'run',
    '-f',
    '/manifests',
    '--demo',
    '--address',
    '0.0.0.0',
    '--workers',
    '1',
    '--log-level',
    'warn',
  ];
  const drain = [
    '--drain-delay',
    '5s',
    '--drain-timeout',
    '15s',
    '--admin',
    '0.0.0.0:9900',
    '--state-dir',
    '/tmp/state',
  ];
  const container = {
    ...{ name: 'backend', image, imagePullPolicy: 'IfNotPresent', args: [...command, ...drain] },
    // Patient: a backend that is left out because the machine is busy says nothing of daemun.
    readinessProbe: { httpGet: { path: '/ready', port: 9900 }, periodSeconds: 1, timeoutSeconds: 10 },
    volumeMounts: [
      { name: 'manifests', mountPath: '/manifests' },
      { name: 'state', mountPath: '/tmp/state' },
    ],
  };
  const volumes = [
    { name: 'manifests', configMap: { name: 'backends' } },
    { name: 'state', emptyDir: {} },
  ];
  return [
    [
      `/api/v1${IN_NAMESPACE}/configmaps/backends`,
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { namespace, name: 'backends' },
        data: { 'backend.yaml': BACKEND_MANIFESTS },
      },
    ],
    [
      BACKENDS_PATH,
      {
        ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { namespace, name: 'backends' } },
        spec: {
          ...{
            replicas,
            selector: { matchLabels: labels },
            strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
          },
          template: {
            metadata: { labels },
            spec: { containers: [container], volumes, terminationGracePeriodSeconds: 30 },
          },
        },
      },
    ],
    [
      `/api/v1${IN_NAMESPACE}/services/rolling`,
      {
        ...{ apiVersion: 'v1', kind: 'Service', metadata: { namespace, name: 'rolling' } },
        spec: { selector: labels, ports: [{ port: 80, targetPort: PORT }] },
      },
    ],
  ];
}
