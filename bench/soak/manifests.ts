// SPDX-License-Identifier: Apache-2.0

/** What the gateway of a soak serves. */
export const HOST = 'soak.example.com';
export const SERVICE = 'soak';
const SERVICE_PORT = 9000;

export interface Ports {
  readonly http: number;
  readonly https: number;
  readonly tcp: number;
}

/** A Gateway with a listener for each transport, and the routes that the load takes. */
export function gateway(ports: Ports, pair: { readonly chain: string; readonly key: string }): string {
  const data = { 'tls.crt': pair.chain, 'tls.key': pair.key };
  const encoded = Object.entries(data).map(([key, text]) => `${key}: ${Buffer.from(text).toString('base64')}`);
  return `
apiVersion: v1
kind: Secret
metadata: { name: certificate }
type: kubernetes.io/tls
data: { ${encoded.join(', ')} }
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: soak }
spec:
  gatewayClassName: daemun
  listeners:
    - { name: http, port: ${ports.http}, protocol: HTTP }
    - { name: https, port: ${ports.https}, protocol: HTTPS, tls: { certificateRefs: [{ name: certificate }] } }
    - { name: tcp, port: ${ports.tcp}, protocol: TCP }
---
apiVersion: gateway.networking.k8s.io/v1
kind: GRPCRoute
metadata: { name: calls }
spec:
  parentRefs: [{ name: soak }]
  hostnames: [grpc.${HOST}]
  rules: [{ backendRefs: [{ name: ${SERVICE}, port: ${SERVICE_PORT} }] }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: requests }
spec:
  parentRefs: [{ name: soak }]
  hostnames: [${HOST}]
  rules: [{ backendRefs: [{ name: ${SERVICE}, port: ${SERVICE_PORT} }] }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: TCPRoute
metadata: { name: bytes }
spec:
  parentRefs: [{ name: soak, sectionName: tcp }]
  rules: [{ backendRefs: [{ name: ${SERVICE}, port: ${SERVICE_PORT} }] }]
---
apiVersion: v1
kind: Service
metadata: { name: ${SERVICE} }
spec: { ports: [{ name: main, port: ${SERVICE_PORT} }] }
`;
}

/** The Service's endpoints, each in a slice of its own. */
export function endpoints(ports: readonly number[]): string {
  return ports
    .map(
      port => `---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: ${SERVICE}-${port}, labels: { kubernetes.io/service-name: ${SERVICE} } }
addressType: IPv4
ports: [{ name: main, port: ${port} }]
endpoints: [{ addresses: [127.0.0.1], conditions: { ready: true } }]
`,
    )
    .join('');
}

/** Routes that nobody calls, one of which is another one with each version. */
export function otherRoutes(count: number, version: number): string {
  return Array.from(
    { length: count },
    (_, at) => `---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: other-${at === 0 ? `new-${version}` : at} }
spec:
  parentRefs: [{ name: soak }]
  hostnames: ['other-${at}.${HOST}']
  rules:
    - matches: [{ path: { type: PathPrefix, value: /v${version} } }, { headers: [{ name: version, value: '${version}' }] }]
      backendRefs: [{ name: ${SERVICE}, port: ${SERVICE_PORT}, weight: ${1 + (version % 7)} }]
`,
  ).join('');
}
