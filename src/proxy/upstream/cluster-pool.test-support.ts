// SPDX-License-Identifier: Apache-2.0

/** One cluster of one worker between test requests and backends. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { Cluster, Endpoint } from '../../snapshot/index.ts';
import {
  Backend,
  endpointSet,
  type RequestOptions,
  TestRequest,
  testCluster,
  testEnvironment,
} from './backend.test-support.ts';
import { ClusterPool } from './cluster-pool.ts';
import type { PoolEnvironment } from './endpoint-budget.ts';

const cleanups: (() => Promise<void> | void)[] = [];

/** Ends what a test began, the last first. */
export async function cleanUp(): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
}

export async function startBackend(options: { maxConcurrentStreams?: number; port?: number } = {}): Promise<Backend> {
  const backend = await Backend.start(options);
  cleanups.push(() => backend.close());
  return backend;
}

/** RST_STREAM or GOAWAY with REFUSED_STREAM. */
const REFUSED = /^reset: (peer|leaving) REFUSED_STREAM$/;

/** One cluster and what it reports. */
export class World {
  readonly environment: PoolEnvironment;
  readonly pool: ClusterPool;
  readonly events: string[] = [];
  /** Endpoints that were found to speak the protocol. */
  readonly proven: string[] = [];

  constructor(cluster: Partial<Cluster>, endpoints: Endpoint[], environment: Partial<PoolEnvironment> = {}) {
    this.environment = testEnvironment(environment);
    this.pool = new ClusterPool(testCluster(cluster), this.environment, {
      observer: {
        onConnectFailed: (_cluster, endpoint) => void this.events.push(`connect failed ${endpoint.key}`),
        onConnected: () => {},
        onProven: (_cluster, endpoint) => void this.proven.push(endpoint.key),
        onRetired: () => {},
        onWaited: () => undefined,
        onRetried: () => undefined,
        onEjected: (_cluster, endpoint) => void this.events.push(`ejected ${endpoint.key}`),
      },
      onChanged: () => {},
    });
    this.pool.update(this.pool.cluster, endpointSet(...endpoints));
    cleanups.push(() => this.pool.destroy());
  }

  open(options: RequestOptions = {}): TestRequest {
    const request = new TestRequest(this.environment.lists, options);
    this.pool.open(request);
    return request;
  }

  /** One request from start to end; tried again when the peer says that it did not look at it, as an exchange does. */
  async call(options: RequestOptions = {}): Promise<string> {
    const request = this.open(options);
    const outcome = await request.outcome;
    if (request.endpoint !== null) this.pool.done(request.endpoint, outcome === '200' ? 'ok' : 'failed');
    return REFUSED.test(outcome) ? this.call(options) : outcome;
  }

  async ports(count: number, options: RequestOptions = {}): Promise<number[]> {
    const ports: number[] = [];
    for (let i = 0; i < count; i += 1) {
      const request = this.open(options);
      assert.equal(await request.outcome, '200');
      if (request.endpoint === null) throw new Error('no endpoint');
      this.pool.done(request.endpoint, 'ok');
      ports.push(request.endpoint.port);
    }
    return ports;
  }
}

/** A port that nobody listens on. */
export async function closedPort(): Promise<number> {
  const backend = await Backend.start();
  const { port } = backend;
  await backend.close();
  return port;
}

/** A raw TCP server, as an endpoint. */
export async function listen(onSocket: (socket: Socket) => void): Promise<Endpoint> {
  const sockets: Socket[] = [];
  const server = createServer(socket => {
    sockets.push(socket.on('error', () => {}));
    onSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = server.address();
  return at(typeof address === 'object' ? (address?.port ?? 0) : 0);
}

/** An endpoint on this machine. */
export function at(port: number): Endpoint {
  return { address: '127.0.0.1', port, state: 'ready', name: '' };
}
