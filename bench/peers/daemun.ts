// SPDX-License-Identifier: Apache-2.0
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { firstLine, type Peer, type Setup } from './peer.ts';

const program = join(import.meta.dirname, '../../bin/daemun');

/** daemun with everything that is on by default, one worker. */
export const daemun: Peer = peerOf('daemun', program);

/** daemun as another checkout has it, with its own dependencies: a commit before, to compare with. */
export function otherCheckout(folder: string): Peer {
  return peerOf('before', join(resolve(folder), 'bin/daemun'));
}

function peerOf(name: string, path: string): Peer {
  return {
    name,
    version: () => /\d+\.\d+\.\d+/.exec(firstLine(process.execPath, [path, 'version']) ?? '')?.[0],
    command(setup) {
      const file = join(setup.folder, 'manifests.yaml');
      writeFileSync(file, [gateway(setup), backend(setup), route('all', '')].join('---\n'));
      return startCommand(file, path);
    },
  };
}

/** How to run it on a file of manifests. */
export function startCommand(file: string, path = program): { command: string; args: string[] } {
  return {
    command: process.execPath,
    args: [path, 'run', '-f', file, '--address', '127.0.0.1', '--admin', 'off', '--workers', '1'],
  };
}

export function gateway(setup: Setup): string {
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
`;
}

export function backend(setup: Setup, port = setup.backendPort): string {
  return `apiVersion: v1
kind: Service
metadata: { name: backend }
spec: { ports: [{ port: 50051 }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: backend, labels: { kubernetes.io/service-name: backend } }
addressType: IPv4
ports: [{ port: ${port} }]
endpoints: [{ addresses: [127.0.0.1] }]
`;
}

/** A GRPCRoute to the backend; `match` is the text of `matches`, '' for none. */
export function route(name: string, match: string): string {
  return `apiVersion: gateway.networking.k8s.io/v1
kind: GRPCRoute
metadata: { name: ${name} }
spec:
  parentRefs: [{ name: bench }]
  rules:
  - ${match === '' ? '' : `matches: ${match}\n    `}backendRefs: [{ name: backend, port: 50051 }]
`;
}
