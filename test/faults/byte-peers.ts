// SPDX-License-Identifier: Apache-2.0

/** Clients and backends of each protocol that the gateway carries bytes over, as plain streams of Node. */
import { once } from 'node:events';
import { createServer as createHttp1, type RequestListener, request as request1, type Server } from 'node:http';
import {
  connect as connect2,
  createServer as createHttp2,
  createSecureServer,
  type OutgoingHttpHeaders,
} from 'node:http2';
import { createServer as createHttps1, request as requestTls1 } from 'node:https';
import { type AddressInfo, connect, createServer as createTcp, type Server as NetServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, createServer as createTls } from 'node:tls';
import type { Pair } from '../../src/proxy/upstream/authority.test-support.ts';
import type { End } from './byte-exchange.ts';

/** Of the host that clients ask for. */
const TLS = { servername: 'a.test', rejectUnauthorized: false };
const AUTHORITY = 'a.test';

export type BackKind = 'h1' | 'h2' | 'tcp';
/** How requests, and upgrades, reach the gateway. */
export type Version = 'HTTP/1.1' | 'HTTP/2';

/** What ends the sockets of a test. */
export type Cleanups = (() => void)[];

/** A backend; each connection, request or upgrade that it gets is one end. */
export class Back {
  readonly port: number;
  readonly #ends: End[] = [];
  #wake: () => void = () => {};

  private constructor(port: number) {
    this.port = port;
  }

  /** `pair`: it speaks TLS. */
  static async start(kind: BackKind, pair: Pair | null, cleanups: Cleanups): Promise<Back> {
    let back: Back | null = null;
    const server = serverOf(kind, pair, end => back?.add(end));
    server.on(pair === null ? 'connection' : 'secureConnection', (socket: Socket) => {
      socket.on('error', () => {});
      cleanups.push(() => socket.destroy());
    });
    cleanups.push(() => server.close());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    back = new Back((server.address() as AddressInfo).port);
    return back;
  }

  add(end: End): void {
    this.#ends.push(end);
    this.#wake();
  }

  /** The next one that nobody took. */
  async next(): Promise<End> {
    while (this.#ends.length === 0) {
      await new Promise<void>(resolve => {
        this.#wake = resolve;
      });
    }
    return this.#ends.shift() as End;
  }
}

function serverOf(kind: BackKind, pair: Pair | null, take: (end: End) => void): NetServer {
  const answer: RequestListener = (request, response) => {
    response.flushHeaders();
    take({ input: request, output: response });
  };
  if (kind === 'tcp') {
    const onSocket = (socket: Socket): void => take({ input: socket, output: socket });
    return pair === null
      ? createTcp({ allowHalfOpen: true }, onSocket)
      : createTls({ ...pair, allowHalfOpen: true }, onSocket);
  }
  if (kind === 'h1') return granting(pair === null ? createHttp1(answer) : createHttps1(pair, answer), take);
  const answer2 = answer as unknown as Parameters<typeof createHttp2>[1];
  return pair === null ? createHttp2(answer2) : createSecureServer(pair, answer2 as never);
}

function granting(server: Server, take: (end: End) => void): Server {
  return server.on('upgrade', (_request, socket: Duplex) => {
    socket.on('error', () => {});
    socket.allowHalfOpen = true;
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: bytes\r\n\r\n');
    take({ input: socket, output: socket });
  });
}

/** A client's connection without a protocol. */
export async function dialStream(port: number, isSecure: boolean, cleanups: Cleanups): Promise<End> {
  const target = { port, host: '127.0.0.1', allowHalfOpen: true };
  const socket = isSecure ? connectTls({ ...target, ...TLS }) : connect(target);
  keep(socket, cleanups);
  await once(socket, isSecure ? 'secureConnect' : 'connect');
  return { input: socket, output: socket };
}

/** A request whose body is open; its answer has begun. */
export async function post(version: Version, port: number, isSecure: boolean, cleanups: Cleanups): Promise<End> {
  if (version === 'HTTP/2') return stream2(port, isSecure, { ':method': 'POST' }, cleanups);
  const options = { port, host: '127.0.0.1', method: 'POST', headers: { host: AUTHORITY }, agent: false as const };
  const request = isSecure ? requestTls1({ ...options, ...TLS }) : request1(options);
  keep(request, cleanups);
  request.flushHeaders();
  const [response] = await once(request, 'response');
  return { input: response, output: request };
}

/** An upgrade that is granted. */
export async function upgrade(version: Version, port: number, isSecure: boolean, cleanups: Cleanups): Promise<End> {
  if (version === 'HTTP/2') return stream2(port, isSecure, { ':method': 'CONNECT', ':protocol': 'bytes' }, cleanups);
  const headers = { host: AUTHORITY, connection: 'Upgrade', upgrade: 'bytes' };
  const options = { port, host: '127.0.0.1', headers, agent: false as const };
  const request = isSecure ? requestTls1({ ...options, ...TLS }) : request1(options);
  keep(request, cleanups);
  request.end();
  const [, socket] = (await once(request, 'upgrade')) as [unknown, Duplex];
  keep(socket, cleanups);
  socket.allowHalfOpen = true;
  return { input: socket, output: socket };
}

async function stream2(port: number, isSecure: boolean, head: OutgoingHttpHeaders, cleanups: Cleanups): Promise<End> {
  const scheme = isSecure ? 'https' : 'http';
  const session = connect2(`${scheme}://127.0.0.1:${port}`, TLS);
  keep(session, cleanups);
  await once(session, 'remoteSettings');
  const fields = { ':path': '/', ':scheme': scheme, ':authority': AUTHORITY, ...head };
  const stream = session.request(fields, { endStream: false });
  stream.on('error', () => {});
  await once(stream, 'response');
  return { input: stream, output: stream };
}

function keep(one: { on(event: 'error', then: () => void): unknown; destroy(): unknown }, cleanups: Cleanups): void {
  one.on('error', () => {});
  cleanups.push(() => one.destroy());
}
