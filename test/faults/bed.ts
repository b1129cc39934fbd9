// SPDX-License-Identifier: Apache-2.0

/** A gateway with one gRPC backend, and a neighbour who only wants his calls answered. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import {
  type ClientHttp2Session,
  connect,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type RunningGateway, startStandalone } from '../../src/controller/index.ts';

export const HOST = 'faults.example.com';
const MESSAGE = Buffer.from([0, 0, 0, 0, 2, 10, 0]);

export interface Bed {
  readonly port: number;
  readonly gateway: RunningGateway;
  /** Connections that the backend has taken, and those that it ended itself because of what came on them. */
  readonly backend: { taken: number; ended: number };
  /** Lines that the gateway logged. */
  readonly logged: readonly string[];
  /** Stops everything. */
  close(): Promise<void>;
}

/** Called for each stream of the backend instead of a unary answer when the path is `/faults.Faults/METHOD`, not `Unary`. */
export type Behaviour = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

export interface BedOptions {
  /** Where the method `Other` goes instead. */
  readonly otherPort?: number;
  /** Threads of the data plane; 0: it lives in the test's own. Default 1. */
  readonly workers?: number;
}

/**
 * A gateway on free ports, routing everything to a backend that answers `Unary` and else does what `behaviour` says. The backend
 * stands 200 resets at once and 6 a second on a connection, as Netty does; nghttp2's own limit is 1,000 and 33.
 */
export async function makeBed(behaviour: Behaviour = answer, options: BedOptions = {}): Promise<Bed> {
  const backend = createServer({ streamResetBurst: 200, streamResetRate: 6, maxSendHeaderBlockLength: 1 << 20 });
  const seen = { taken: 0, ended: 0 };
  backend.on('session', session => {
    seen.taken++;
    session.on('error', () => seen.ended++);
  });
  backend.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    if (headers[':path'] === '/faults.Faults/Unary') answer(stream);
    else behaviour(stream, headers);
  });
  const backendPort = await listen(backend);
  const folder = mkdtempSync(join(tmpdir(), 'daemun-faults-'));
  writeFileSync(join(folder, 'manifests.yaml'), manifests(backendPort, options.otherPort ?? backendPort));
  const logged: string[] = [];
  const note = (message: string): void => void logged.push(message);
  const gateway = await startStandalone({
    paths: [folder],
    ports: 'ephemeral',
    workers: options.workers ?? 1,
    drainTimeoutMs: 100,
    log: { level: 'info', debug: note, info: note, warn: note, error: note },
  });
  const port = gateway.gateways()[0]?.listeners[0]?.bound?.port ?? assert.fail('no listener');
  return {
    port,
    gateway,
    backend: seen,
    logged,
    close: async () => {
      await gateway.stop();
      backend.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function listen(server: Http2Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return address.port;
}

/** Answers a unary call with an empty message and OK. */
export function answer(stream: ServerHttp2Stream): void {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.resume();
  stream.end(MESSAGE);
}

function manifests(backendPort: number, otherPort: number): string {
  return `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: faults }
spec:
  gatewayClassName: daemun
  listeners: [{ name: grpc, protocol: HTTP, port: 8080 }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: GRPCRoute
metadata: { name: faults }
spec:
  parentRefs: [{ name: faults }]
  hostnames: [${HOST}]
  rules:
  - backendRefs: [{ name: backend, port: 50051 }]
  - matches: [{ method: { service: faults.Faults, method: Other } }]
    backendRefs: [{ name: other, port: 50051 }]
---
${service('backend', backendPort)}---
${service('other', otherPort)}`;
}

function service(name: string, port: number): string {
  return `apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { ports: [{ port: 50051 }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: ${name}, labels: { kubernetes.io/service-name: ${name} } }
addressType: IPv4
ports: [{ port: ${port} }]
endpoints: [{ addresses: [127.0.0.1] }]
`;
}

/** Calls one after another until `attack` has ended, and at least 20; asserts that every call was answered with OK. */
export async function whileNeighbourCalls(port: number, attack: () => Promise<void>): Promise<void> {
  const session = connect(`http://127.0.0.1:${port}`);
  session.on('error', () => {});
  let attacking = true;
  const attacked = attack().finally(() => {
    attacking = false;
  });
  try {
    for (let calls = 0; attacking || calls < 20; calls++) {
      assert.equal(await callUnary(session), '0', `the neighbour's call ${calls}`);
    }
  } finally {
    await attacked;
    session.close();
  }
}

/** The grpc-status of one unary call; rejects when the stream breaks. */
export function callUnary(session: ClientHttp2Session, method = 'Unary'): Promise<string> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': `/faults.Faults/${method}`,
      ':authority': HOST,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    let status = 'none';
    stream.on('response', headers => {
      status = String(headers['grpc-status'] ?? status);
    });
    stream.on('trailers', headers => {
      status = String(headers['grpc-status'] ?? status);
    });
    stream.on('error', reject);
    stream.on('close', () => resolve(status));
    stream.resume();
    stream.end(MESSAGE);
  });
}

/** Runs `use` and asserts that the process did not grow by more than `limitMiB` by it. */
export async function boundedMemory(limitMiB: number, use: () => Promise<void>): Promise<void> {
  const before = process.memoryUsage().rss;
  await use();
  const grown = (process.memoryUsage().rss - before) / 2 ** 20;
  assert.ok(grown < limitMiB, `resident memory grew by ${grown.toFixed(0)} MiB`);
}

/** What this thread's objects and all buffers of the process hold, in MiB, after everything that is not held was collected. */
export async function heldMiB(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  assert.ok(typeof collect === 'function');
  // Buffers are swept beside: the second time waits for the first.
  for (let times = 0; times < 3; times++) {
    collect();
    await new Promise(setImmediate);
  }
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
}
