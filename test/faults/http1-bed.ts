// SPDX-License-Identifier: Apache-2.0

/** A gateway in this process before an HTTP/1.1 backend, raw clients, and a neighbour who only wants his requests answered. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, createServer as createHttpServer, get, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { httpListener, TestGateway } from '../../src/proxy/http/gateway.test-support.ts';
import type { SocketLoop } from '../../src/proxy/io/socket-loop.ts';
import { boundedMemory } from './bed.ts';
import { closed, openRaw } from './raw-frames.ts';

/** What the neighbour asks for. */
const NEIGHBOUR = '/neighbour';

/** What is answered with more than a socket takes at once. */
export const LARGE = '/large';
const LARGE_BODY = Buffer.alloc(200_000, 'large ');

export class Http1Bed {
  readonly gateway: TestGateway;
  readonly #servers: readonly Server[];
  readonly #sockets: Set<Socket>;

  private constructor(gateway: TestGateway, servers: readonly Server[], sockets: Set<Socket>) {
    this.gateway = gateway;
    this.#servers = servers;
    this.#sockets = sockets;
  }

  /** `other`: what a connection for `/other` meets. Default: the backend that answers the neighbour, after it has read the body. */
  static async start(other: ((socket: Socket) => void) | null = null, loop?: SocketLoop): Promise<Http1Bed> {
    const main = createHttpServer(answerWhenRead);
    const servers: Server[] = other === null ? [main] : [main, createTcpServer(other)];
    const sockets = new Set<Socket>();
    for (const server of servers) {
      server.on('connection', (socket: Socket) => {
        sockets.add(socket);
        socket.on('error', () => {});
        socket.once('close', () => sockets.delete(socket));
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
    }
    const ports = servers.map(server => (server.address() as AddressInfo).port);
    const gateway = new TestGateway({ accessLog: true }, loop);
    await gateway.apply({
      listeners: [httpListener('web', { '/other': 'other', '/': 'main' })],
      clusters: { main: ports.slice(0, 1), other: ports.slice(-1) },
      clusterChanges: { protocol: 'h1' },
    });
    return new Http1Bed(gateway, servers, sockets);
  }

  get port(): number {
    return this.gateway.port;
  }

  hits(limit: string): number {
    return this.gateway.metric('daemun_limit_hits_total', { limit });
  }

  failures(reason: string, source: string): number {
    return this.gateway.metric('daemun_request_failures_total', { reason, source });
  }

  /** Waits until nothing of a client is left but `connections`. */
  async untilQuiet(connections = 0): Promise<void> {
    const busy = (): boolean =>
      this.gateway.metric('daemun_downstream_requests_active') > 0 ||
      this.gateway.metric('daemun_downstream_connections') > connections;
    while (busy()) await turn();
  }

  /** `attack` may cost so much memory, and no request of the neighbour meanwhile. */
  async bears(limitMiB: number, attack: () => Promise<void>): Promise<void> {
    await boundedMemory(limitMiB, () => whileNeighbourGets(this.port, attack));
  }

  close(): void {
    this.gateway.close();
    for (const server of this.#servers) server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

const answerWhenRead: RequestListener = (request, response) => {
  request.resume();
  request.once('end', () => response.end(request.url === LARGE ? LARGE_BODY : 'fine'));
};

/** Gets one after another until `attack` has ended, and at least 20; asserts that each was answered with 200. */
export async function whileNeighbourGets(port: number, attack: () => Promise<void>): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  let attacking = true;
  const attacked = attack().finally(() => {
    attacking = false;
  });
  try {
    for (let gets = 0; attacking || gets < 20; gets++) {
      assert.equal(await statusOfGet(port, agent), 200, `the neighbour's request ${gets}`);
    }
  } finally {
    await attacked;
    agent.destroy();
  }
}

function statusOfGet(port: number, agent: Agent): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = get({ host: '127.0.0.1', port, path: NEIGHBOUR, agent }, response => {
      response.resume();
      response.once('end', () => resolve(response.statusCode));
    });
    request.once('error', reject);
  });
}

/** All that comes until the peer ends the connection. */
export async function answerTo(port: number, bytes: string | Buffer): Promise<string> {
  const socket = await openRaw(port);
  socket.write(bytes);
  return untilEnd(socket);
}

/** What comes from now on until the end. */
export async function untilEnd(socket: Socket): Promise<string> {
  let answer = '';
  socket.on('data', (part: Buffer) => {
    answer += part.toString('latin1');
  });
  await closed(socket);
  return answer;
}

/** Writes and waits while the peer takes its time; false: the connection is gone. */
export async function send(socket: Socket, bytes: string | Buffer): Promise<boolean> {
  if (socket.destroyed) return false;
  if (socket.write(bytes)) return true;
  await new Promise<void>(resolve => {
    const done = (): void => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.on('drain', done);
    socket.on('close', done);
  });
  return !socket.destroyed;
}
