// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { httpRoutes, type RouteShape, type RuleShape } from './http-routes.ts';
import { firstLine, type Peer, type Setup } from './peer.ts';
import { replaceFile } from './replace-file.ts';

/** daemun with everything that is on by default. */
export const daemun: Peer = peerOf('daemun', join(import.meta.dirname, '../../bin/daemun'));

/** daemun as another checkout has it, with its own dependencies: a commit before, to compare with. */
export function otherCheckout(folder: string): Peer {
  return peerOf('before', join(resolve(folder), 'bin/daemun'));
}

function peerOf(name: string, path: string): Peer {
  return {
    name,
    install: 'npm ci',
    doesExternalAuth: true,
    doesBackendTls: true,
    carriesDatagrams: true,
    carriesStreams: true,
    version: () => /\d+\.\d+\.\d+/.exec(firstLine(process.execPath, [path, 'version']) ?? '')?.[0],
    command(setup) {
      rewriteRoutes(setup);
      const options = ['--address', '127.0.0.1', '--admin', 'off', '--workers', String(setup.workers)];
      return { command: process.execPath, args: [path, 'run', '-f', fileOf(setup), ...options] };
    },
    rewriteRoutes,
  };
}

function fileOf(setup: Setup): string {
  return join(setup.folder, 'manifests.yaml');
}

function rewriteRoutes(setup: Setup): number {
  return replaceFile(fileOf(setup), manifests(setup).join('---\n'));
}

function manifests(setup: Setup): string[] {
  if (setup.carriesStreams) return streams(setup);
  const head = [gateway(setup), backend('backend', setup.backendPort, setup)];
  if (setup.encrypts) head.push(policy(setup));
  if (setup.carriesDatagrams) head.push(datagramBackend(setup), DATAGRAM_ROUTE);
  if (setup.isAuthorized)
    return [...head, backend('other', setup.otherPort, setup), route('all', ASK, [TO_BACKEND], setup)];
  if (setup.routes === 1) return [...head, route('all', '', [TO_BACKEND], setup)];
  if (setup.wiring.kind === 'http') return [...head, ...httpRoutes(setup).map(httpRoute)];
  const routes = Array.from({ length: setup.routes }, (_, i) =>
    route(
      `s${i}`,
      `matches: [{ method: { service: bench.s${i}, method: Unary } }]`,
      i === setup.routes - 1 ? weighted(setup) : [i === 0 ? TO_OTHER : TO_BACKEND],
      setup,
    ),
  );
  return [...head, backend('other', setup.otherPort, setup), ...routes];
}

const TO_BACKEND = '{ name: backend, port: 80 }';
const TO_OTHER = '{ name: other, port: 80 }';
const ASK =
  'filters: [{ type: ExternalAuth, externalAuth: { protocol: GRPC, grpc: {}, backendRef: { name: other, port: 80 } } }]';

function weighted({ lastRouteTo }: Setup): string[] {
  return (['backend', 'other'] as const).map(
    name => `{ name: ${name}, port: 80, weight: ${name === lastRouteTo ? 1 : 0} }`,
  );
}

function gateway(setup: Setup): string {
  const base64 = (file: string): string => readFileSync(file).toString('base64');
  return `apiVersion: v1
kind: Secret
metadata: { name: bench }
type: kubernetes.io/tls
data:
  tls.crt: ${base64(setup.certificateFile)}
  tls.key: ${base64(setup.keyFile)}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: bench }
spec:
  gatewayClassName: daemun
  listeners:
  - { name: cleartext, protocol: HTTP, port: ${setup.port} }
  - name: tls
    protocol: HTTPS
    port: ${setup.tlsPort}
    tls: { certificateRefs: [{ name: bench }] }
${setup.carriesDatagrams ? `  - { name: datagrams, protocol: UDP, port: ${setup.port} }\n` : ''}`;
}

/** A Service of one endpoint. */
function backend(name: string, port: number, { wiring }: Setup): string {
  const protocol = wiring.kind === 'http' && wiring.backend === 'h2' ? ', appProtocol: kubernetes.io/h2c' : '';
  return `apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { ports: [{ port: 80${protocol} }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: ${name}, labels: { kubernetes.io/service-name: ${name} } }
addressType: IPv4
ports: [{ port: ${port} }]
endpoints: [{ addresses: [127.0.0.1] }]
`;
}

function policy({ certificateFile }: Setup): string {
  const pem = readFileSync(certificateFile, 'utf8').trimEnd().replaceAll('\n', '\n    ');
  return `apiVersion: v1
kind: ConfigMap
metadata: { name: backend-ca }
data:
  ca.crt: |
    ${pem}
---
apiVersion: gateway.networking.k8s.io/v1
kind: BackendTLSPolicy
metadata: { name: backend }
spec:
  targetRefs: [{ group: "", kind: Service, name: backend }]
  validation: { hostname: localhost, caCertificateRefs: [{ group: "", kind: ConfigMap, name: backend-ca }] }
`;
}

function datagramBackend({ datagramPort }: Setup): string {
  return `apiVersion: v1
kind: Service
metadata: { name: datagrams }
spec: { ports: [{ port: 80, protocol: UDP }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: datagrams, labels: { kubernetes.io/service-name: datagrams } }
addressType: IPv4
ports: [{ port: ${datagramPort}, protocol: UDP }]
endpoints: [{ addresses: [127.0.0.1] }]
`;
}

const DATAGRAM_ROUTE = `apiVersion: gateway.networking.k8s.io/v1
kind: UDPRoute
metadata: { name: datagrams }
spec:
  parentRefs: [{ name: bench, sectionName: datagrams }]
  rules:
  - backendRefs: [{ name: datagrams, port: 80 }]
`;

/** Two listeners that pass streams on, with their routes and backends. */
function streams(setup: Setup): string[] {
  const { port, tlsPort, streamPort, tlsStreamPort } = setup;
  const gateway = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: bench }
spec:
  gatewayClassName: daemun
  listeners:
  - { name: tcp, protocol: TCP, port: ${port} }
  - { name: tls, protocol: TLS, port: ${tlsPort}, tls: { mode: Passthrough } }
`;
  return [
    gateway,
    backend('tcp', streamPort, setup),
    backend('tls', tlsStreamPort, setup),
    streamRoute('TCPRoute', 'tcp', ''),
    streamRoute('TLSRoute', 'tls', '  hostnames: [localhost]\n'),
  ];
}

function streamRoute(kind: string, name: string, hostnames: string): string {
  return `apiVersion: gateway.networking.k8s.io/v1
kind: ${kind}
metadata: { name: ${name} }
spec:
  parentRefs: [{ name: bench, sectionName: ${name} }]
${hostnames}  rules: [{ backendRefs: [{ name: ${name}, port: 80 }] }]
`;
}

function httpRoute({ name, host, rules }: RouteShape): string {
  return `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: ${name} }
spec:
  parentRefs: [{ name: bench }]${host === null ? '' : `\n  hostnames: [${host}]`}
  rules:
${rules.map(httpRule).join('')}`;
}

function httpRule({ path, header, query }: RuleShape): string {
  const parts = [
    `path: { type: ${path.kind === 'exact' ? 'Exact' : 'PathPrefix'}, value: ${path.value} }`,
    ...(header === null ? [] : [`headers: [{ name: ${header.name}, value: ${header.value} }]`]),
    ...(query === null ? [] : [`queryParams: [{ name: ${query.name}, value: "${query.value}" }]`]),
  ];
  return `  - matches: [{ ${parts.join(', ')} }]\n    backendRefs: [${TO_BACKEND}]\n`;
}

/** A route to `backendRefs`; `line` is one more of its rule, '' for none. */
function route(name: string, line: string, backendRefs: readonly string[], { wiring }: Setup): string {
  return `apiVersion: gateway.networking.k8s.io/v1
kind: ${wiring.kind === 'grpc' ? 'GRPCRoute' : 'HTTPRoute'}
metadata: { name: ${name} }
spec:
  parentRefs: [{ name: bench }]
  rules:
  - ${line === '' ? '' : `${line}\n    `}backendRefs: [${backendRefs.join(', ')}]
`;
}
