// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export { freePort } from '../../test/free-port.ts';

/** A Gateway with one listener in cleartext. */
export function plainGateway(port: number): string {
  return `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: gw, labels: { team: a } }
spec:
  gatewayClassName: daemun
  listeners:
    - { name: http, port: ${port}, protocol: HTTP }
---
`;
}

/** A Gateway, a route to a Service, and the Service; `port` is the listener's. */
export function echoManifests(port: number): string {
  return `${plainGateway(port)}\
apiVersion: gateway.networking.k8s.io/v1
kind: GRPCRoute
metadata: { name: echo }
spec:
  parentRefs: [{ name: gw }]
  hostnames: [echo.example.com]
  rules:
    - name: echo
      matches: [{ method: { service: api.Echo } }]
      backendRefs: [{ name: echo, port: 9000 }]
    - matches: [{ method: { service: grpc.reflection.v1.ServerReflection } }]
      backendRefs: [{ name: echo, port: 9000 }]
---
apiVersion: v1
kind: Service
metadata: { name: echo }
spec: { ports: [{ port: 9000, appProtocol: kubernetes.io/h2c }] }
`;
}

/** An EndpointSlice for the Service, so that `check` has nothing to say. */
export const ECHO_SLICE = `---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: echo-1, labels: { kubernetes.io/service-name: echo } }
addressType: IPv4
ports: [{ port: 9000 }]
endpoints: [{ addresses: [127.0.0.9] }]
`;

export interface ManifestFolder {
  readonly path: string;
  write(name: string, text: string): Promise<string>;
  remove(): Promise<void>;
}

/** A folder for one test. */
export async function manifestFolder(): Promise<ManifestFolder> {
  const path = await mkdtemp(join(tmpdir(), 'daemun-cli-'));
  return {
    path,
    async write(name, text) {
      const file = join(path, name);
      await writeFile(file, text);
      return file;
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
}
