// SPDX-License-Identifier: Apache-2.0

/** A data plane between `node:http2` clients and gRPC backends. */

import { once } from 'node:events';
import { type ClientHttp2Session, connect } from 'node:http2';
import { type Cluster, type Endpoint, endpointSet, type Snapshot } from '../snapshot/index.ts';
import { PLAIN_EDGE } from '../snapshot/listener.test-support.ts';
import { sampleRule } from '../snapshot/rule.test-support.ts';
import { systemClock, systemRandom } from '../time/index.ts';
import { DataPlane } from './data-plane.ts';
import type { DataPlaneOptions } from './data-plane-options.ts';
import { Backend, testCluster } from './upstream/backend.test-support.ts';

export { freePort } from '../../test/free-port.ts';

const cleanups: (() => unknown)[] = [];

/** Ends what a test began, the last first. */
export async function cleanUp(): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
}

/** The only cluster. */
export const CLUSTER = 'default/a:80';

/** A gRPC backend: every call ends with grpc-status 0 and says who answered. */
export async function startBackend(): Promise<Backend> {
  const backend = await Backend.start();
  backend.answer = stream => {
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc', hostname: `${backend.port}` },
      { waitForTrailers: true },
    );
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end();
  };
  cleanups.push(() => backend.close());
  return backend;
}

/** A started data plane and what it logs. */
export async function startPlane(
  workers: number,
  options: Partial<DataPlaneOptions> = {},
): Promise<{ plane: DataPlane; log: string[] }> {
  const log: string[] = [];
  const add = (message: string) => void log.push(message);
  const plane = new DataPlane({
    workers,
    serverHeader: 'daemun',
    via: null,
    upstreamServiceTime: true,
    accessLog: null,
    log: { info: add, warn: add, error: add },
    drainTimeoutMs: 2_000,
    clock: systemClock,
    random: systemRandom,
    ...options,
  });
  cleanups.push(() => plane.close());
  await plane.start();
  return { plane, log };
}

/** What differs between the snapshots of a test. */
export interface Parts {
  readonly version?: number;
  readonly ports: readonly number[];
  readonly endpoints?: readonly Endpoint[];
  readonly cluster?: Partial<Cluster>;
}

/** One rule that sends every RPC to `CLUSTER`, on each of the ports. */
export function snapshotOf({ version = 1, ports, endpoints = [], cluster = {} }: Parts): Snapshot {
  const rule = sampleRule('a', {
    id: 'GRPCRoute/default/a/0',
    backends: [{ weight: 1, target: { kind: 'cluster', cluster: CLUSTER }, filters: [], session: null }],
  });
  const match = { kind: 'grpc' as const, method: null, headers: [] };
  const virtualHosts = [{ hostname: '*', entries: [{ match, rule, matchIndex: 0 }] }];
  const gateway = { namespace: 'default', name: 'gateway' };
  const bindings = ports.map(port => ({
    id: `127.0.0.1:${port}/tcp`,
    address: '127.0.0.1',
    port,
    admission: 'first-bytes' as const,
    frontend: null,
    proxyProtocolFrom: [],
    listeners: [
      {
        kind: 'http' as const,
        id: `default/gateway/l${port}`,
        gateway,
        name: `l${port}`,
        hostname: '*',
        ...PLAIN_EDGE,
        virtualHosts,
      },
    ],
  }));
  return {
    version,
    bindings,
    clusters: [testCluster({ id: CLUSTER, ...cluster })],
    endpoints: [endpointSet(CLUSTER, endpoints)],
    certificates: [],
    trustBundles: [],
    clients: [],
  };
}

/** A client connection. */
export function dial(port: number): ClientHttp2Session {
  const session = connect(`http://127.0.0.1:${port}`);
  session.on('error', () => {});
  cleanups.push(() => session.destroy());
  return session;
}

/** One call; the answering backend's port, or the gRPC status and message of a failure. */
export async function call(session: ClientHttp2Session): Promise<string> {
  const stream = session.request({
    ':method': 'POST',
    ':path': '/api.Echo/Echo',
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  stream.end(Buffer.alloc(5));
  stream.resume();
  let head: Record<string, unknown> = {};
  stream.on('response', fields => {
    head = fields;
  });
  let trailers: Record<string, unknown> = {};
  stream.on('trailers', fields => {
    trailers = fields;
  });
  await once(stream, 'close');
  const status = trailers['grpc-status'] ?? head['grpc-status'];
  return status === '0' ? String(head['hostname']) : `grpc-status ${status}: ${head['grpc-message'] ?? ''}`;
}
