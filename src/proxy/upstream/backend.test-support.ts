// SPDX-License-Identifier: Apache-2.0

/** HTTP/2 backends on port 0, and requests that remember what happened to them. */
import { once } from 'node:events';
import {
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { sampleCluster } from '../../snapshot/cluster.test-support.ts';
import { type Cluster, type Endpoint, type EndpointSet, endpointSet as packedSet } from '../../snapshot/index.ts';
import { type Clock, systemClock } from '../../time/index.ts';
import { type HeaderList, HeaderListPool, HeadMemory, type MessageStream, type StreamEnd } from '../../wire/index.ts';
import { seededRandom } from '../filters/index.ts';
import { SocketLoop } from '../io/socket-loop.ts';
import { RateLimitedLog } from '../log/index.ts';
import { WorkerMetrics } from '../metrics/index.ts';
import { dialTcp } from './connection-environment.ts';
import { EndpointBudget, type PoolEnvironment } from './endpoint-budget.ts';
import type { OpenFailure, UpstreamEndpoint, UpstreamRequest } from './upstream-request.ts';

/** Answers `200` and ends, unless `hold` is set: then streams stay open until `release`. */
export class Backend {
  readonly server: Http2Server;
  readonly sessions: ServerHttp2Session[] = [];
  readonly streams: { readonly stream: ServerHttp2Stream; readonly headers: IncomingHttpHeaders }[] = [];
  /** How a stream is answered. */
  answer: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void = stream => {
    stream.respond({ ':status': 200 });
    stream.end();
  };
  /** Connections and streams seen, the closed ones included. */
  connections = 0;
  served = 0;
  hold = false;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Http2Server) {
    this.server = server;
    server.on('connection', (socket: Socket) => {
      this.connections += 1;
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => {});
    });
    server.on('session', session => {
      this.sessions.push(session);
      session.on('error', () => {});
      session.on('close', () => this.sessions.splice(this.sessions.indexOf(session), 1));
    });
    server.on('stream', (stream, headers) => {
      this.served += 1;
      stream.on('error', () => {});
      this.streams.push({ stream, headers });
      if (!this.hold) this.release();
    });
  }

  static async start(options: { maxConcurrentStreams?: number; port?: number } = {}): Promise<Backend> {
    const { maxConcurrentStreams = 1_000, port = 0 } = options;
    const server = createServer({ settings: { maxConcurrentStreams } });
    const backend = new Backend(server);
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return backend;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get endpoint(): Endpoint {
    return { address: '127.0.0.1', port: this.port, state: 'ready', name: '' };
  }

  /** Answers every stream that waits. */
  release(): void {
    for (const { stream, headers } of this.streams.splice(0)) if (!stream.destroyed) this.answer(stream, headers);
  }

  /** As a killed process: every socket is gone at once. */
  async kill(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async close(): Promise<void> {
    if (this.server.listening) await this.kill();
  }
}

export interface RequestOptions {
  readonly hash?: number;
  readonly pinned?: string;
  readonly isApart?: boolean;
  readonly client?: object;
  /** Default: GET. */
  readonly method?: string;
}

/** A request that sends a bare head and keeps what it is told. */
export class TestRequest implements UpstreamRequest {
  readonly hash: number;
  readonly pinned: string | null;
  readonly isApart: boolean;
  readonly client: object | null;
  endpoint: UpstreamEndpoint | null = null;
  stream: MessageStream | null = null;
  /** Why it was ended; '': it was not. */
  reason = '';
  /** `open` is answered: true when it got a stream. */
  readonly opened: Promise<boolean>;
  /** The status, `failed: …` or `reset: …`. */
  readonly outcome: Promise<string>;
  readonly #lists: HeaderListPool;
  readonly #method: string;
  #resolveOpened: (opened: boolean) => void = () => {};
  #resolve: (outcome: string) => void = () => {};

  constructor(lists: HeaderListPool, options: RequestOptions = {}) {
    this.#lists = lists;
    this.#method = options.method ?? 'GET';
    this.isApart = options.isApart ?? false;
    this.client = options.client ?? null;
    this.hash = options.hash ?? 0;
    this.pinned = options.pinned ?? null;
    this.opened = new Promise(resolve => {
      this.#resolveOpened = resolve;
    });
    this.outcome = new Promise(resolve => {
      this.#resolve = resolve;
    });
  }

  onOpen(stream: MessageStream, endpoint: UpstreamEndpoint): void {
    this.stream = stream;
    this.endpoint = endpoint;
    const names = [':method', ':scheme', ':path', ':authority'];
    stream.sendHead(this.#lists.intern(names, [this.#method, 'http', '/', 'test']), null, true);
    this.#resolveOpened(true);
  }

  onOpenFailed(failure: OpenFailure, message: string): void {
    this.#resolveOpened(false);
    this.#resolve(`failed: ${failure}: ${message}`);
  }

  onHead(_stream: MessageStream, head: HeaderList, _fields: unknown, endStream: boolean): void {
    this.status = head.get(':status') ?? '';
    if (endStream) this.#resolve(this.status);
  }

  onInformational(): void {}

  onData(_stream: MessageStream, _chunk: Buffer, _start: number, _end: number, endStream: boolean): void {
    if (endStream) this.#resolve(this.status);
  }

  onTrailers(): void {
    this.#resolve(this.status);
  }

  onEnded(_stream: MessageStream, { origin, detail, reason }: StreamEnd): void {
    this.reason = reason;
    this.#resolve(`reset: ${origin} ${detail}`);
  }

  onWritable(): void {}

  private status = '';
}

export function testEnvironment(overrides: Partial<PoolEnvironment> = {}): PoolEnvironment {
  const clock = systemClock;
  const loop = new SocketLoop(() => clock.nowMs());
  const lists = new HeaderListPool();
  const environment = { loop, lists, heads: new HeadMemory(lists), clock, random: seededRandom(1), dial: dialTcp };
  return { ...environment, budget: testBudget(10_000), ...overrides };
}

/** Of so many connections to endpoints; what it counts and says goes nowhere. */
export function testBudget(max: number, clock: Clock = systemClock): EndpointBudget {
  const log = new RateLimitedLog({ info() {}, warn() {}, error() {} }, clock);
  return new EndpointBudget(max, { clock, log, metrics: new WorkerMetrics(() => {}) });
}

export function testCluster(overrides: Partial<Cluster> = {}): Cluster {
  return sampleCluster('default/a:80', overrides);
}

export function endpointSet(...endpoints: Endpoint[]): EndpointSet {
  return packedSet('default/a:80', endpoints);
}
