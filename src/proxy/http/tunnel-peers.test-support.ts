// SPDX-License-Identifier: Apache-2.0

/** Clients that ask for an upgrade over each version of HTTP, and an endpoint that grants it, on raw sockets. */

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http2';
import {
  type ClientHttp2Session,
  connect as connect2,
  createServer as createServer2,
  type ServerHttp2Stream,
  type Settings,
} from 'node:http2';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';

export type Version = 'HTTP/1.1' | 'HTTP/2';
export const VERSIONS: readonly Version[] = ['HTTP/1.1', 'HTTP/2'];
export const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

/** Of the host that clients ask for. */
const TLS = { servername: 'a.test', rejectUnauthorized: false };

export interface Asked {
  /** Over TLS. */
  readonly isSecure?: boolean;
  readonly path?: string;
  readonly protocol?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent behind the head, before there is an answer. */
  readonly early?: string;
}

/** What a client got: a status, fields, and bytes both ways. */
export interface Granted {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly bytes: Bytes;
}

/** A duplex of bytes, read as a test wants them. */
export class Bytes {
  readonly duplex: Duplex;
  isEnded = false;
  error: Error | null = null;
  #pieces: Buffer[] = [];
  #length = 0;
  #wake: () => void = () => {};

  constructor(duplex: Duplex, first: Buffer = Buffer.alloc(0)) {
    this.duplex = duplex;
    this.#keep(first);
    duplex.on('data', chunk => this.#add(chunk));
    duplex.on('error', error => {
      this.error = error;
    });
    duplex.on('end', () => this.#end());
    duplex.on('close', () => this.#end());
  }

  write(data: Buffer | string): void {
    this.duplex.write(data);
  }

  /** The next `count` bytes; fewer when the other side ended before. */
  async take(count: number): Promise<Buffer> {
    await this.until(() => this.#length >= count || this.isEnded);
    const all = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#length = 0;
    this.#keep(all.subarray(count));
    return all.subarray(0, count);
  }

  /** All that is still to come. */
  async rest(): Promise<Buffer> {
    await this.until(() => this.isEnded);
    return Buffer.concat(this.#pieces);
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>(resolve => {
        this.#wake = resolve;
      });
    }
  }

  #add(chunk: Buffer): void {
    this.#keep(chunk);
    this.#wake();
  }

  #keep(chunk: Buffer): void {
    this.#pieces.push(chunk);
    this.#length += chunk.length;
  }

  #end(): void {
    this.isEnded = true;
    this.#wake();
  }
}

/** Asks over a connection of its own; what ends that is added to `cleanups`. */
export async function ask(version: Version, port: number, asked: Asked, cleanups: (() => void)[]): Promise<Granted> {
  return version === 'HTTP/2' ? ask2(port, asked, cleanups) : ask1(port, asked, cleanups);
}

async function ask1(
  port: number,
  { isSecure = false, path = '/', protocol = 'websocket', headers = {}, early = '' }: Asked,
  cleanups: (() => void)[],
): Promise<Granted> {
  const target = { port, host: '127.0.0.1', allowHalfOpen: true };
  const socket = isSecure ? connectTls({ ...target, ...TLS, ALPNProtocols: ['http/1.1'] }) : connect(target);
  cleanups.push(() => socket.destroy());
  const key = protocol === 'websocket' ? `Sec-WebSocket-Key: ${KEY}\r\n` : '';
  const more = Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n${key}${more}\r\n${early}`,
  );
  let input = Buffer.alloc(0);
  while (input.indexOf('\r\n\r\n') < 0) {
    const [chunk] = await once(socket, 'data');
    input = Buffer.concat([input, chunk]);
  }
  const end = input.indexOf('\r\n\r\n');
  const [line = '', ...lines] = input.subarray(0, end).toString('latin1').split('\r\n');
  const fields = Object.fromEntries(
    lines.map(field => [field.slice(0, field.indexOf(':')), field.slice(field.indexOf(':') + 2)]),
  );
  return { status: Number(line.split(' ')[1]), headers: fields, bytes: new Bytes(socket, input.subarray(end + 4)) };
}

async function ask2(
  port: number,
  { isSecure = false, path = '/', protocol = 'websocket', headers = {}, early = '' }: Asked,
  cleanups: (() => void)[],
): Promise<Granted> {
  const session = await session2(port, isSecure);
  cleanups.push(() => session.destroy());
  const stream = session.request(
    {
      ':method': 'CONNECT',
      ':protocol': protocol,
      ':path': path,
      ':scheme': isSecure ? 'https' : 'http',
      ':authority': 'a.test',
      ...headers,
    },
    { endStream: false },
  );
  if (early !== '') stream.write(early);
  const [fields] = await once(stream, 'response');
  return { status: Number(fields[':status']), headers: fields, bytes: new Bytes(stream) };
}

/** A connection whose server's SETTINGS are here. */
async function session2(port: number, isSecure: boolean): Promise<ClientHttp2Session> {
  const session = connect2(`${isSecure ? 'https' : 'http'}://127.0.0.1:${port}`, TLS);
  session.on('error', () => {});
  await once(session, 'remoteSettings');
  return session;
}

/** An upgrade as an endpoint sees it. */
export interface Upgraded {
  readonly request: IncomingMessage;
  readonly bytes: Bytes;
}

/** The port of an HTTP/2 endpoint; what ends it is added to `cleanups`. */
export async function startHttp2(
  settings: Settings,
  cleanups: (() => void)[],
  onStream: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void,
): Promise<number> {
  const server = createServer2({ settings });
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', session => void sessions.add(session));
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    onStream(stream, headers);
  });
  server.listen({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  cleanups.push(() => {
    server.close();
    for (const session of sessions) session.destroy();
  });
  return (server.address() as AddressInfo).port;
}

/** An HTTP/1.1 endpoint that grants each upgrade, and answers other requests with their method. */
export class TunnelBackend {
  readonly upgrades: Upgraded[] = [];
  readonly requests: IncomingMessage[] = [];
  /** Sent behind the 101, in the same write. */
  greeting = '';
  /** What is answered in place of the 101; '': it is granted; null: nothing. */
  refusal: string | null = '';
  /** What came behind each head that was not granted. */
  readonly refused: Bytes[] = [];
  /** After each that was not granted. */
  onRefused: () => void = () => {};
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((request, response) => {
    this.requests.push(request);
    response.end(request.method);
  });
  #wake: () => void = () => {};

  static async start(): Promise<TunnelBackend> {
    const backend = new TunnelBackend();
    backend.#server.on('connection', socket => void backend.#sockets.add(socket));
    backend.#server.on('upgrade', (request, socket: Socket, head) => backend.#onUpgrade(request, socket, head));
    backend.#server.listen({ port: 0, host: '127.0.0.1' });
    await once(backend.#server, 'listening');
    return backend;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The upgrade of this index. */
  async upgraded(index = 0): Promise<Upgraded> {
    for (;;) {
      const found = this.upgrades[index];
      if (found !== undefined) return found;
      await new Promise<void>(resolve => {
        this.#wake = resolve;
      });
    }
  }

  /** Forgets what was asked, and ends it. */
  reset(): void {
    for (const { bytes } of this.upgrades.splice(0)) bytes.duplex.destroy();
    this.greeting = '';
    this.refusal = '';
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #onUpgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    socket.on('error', () => {});
    if (this.refusal !== '') {
      if (this.refusal !== null) socket.write(this.refusal);
      this.refused.push(new Bytes(socket, head));
      this.onRefused();
      return;
    }
    socket.allowHalfOpen = true;
    const key = request.headers['sec-websocket-key'];
    const accept = key === undefined ? '' : `Sec-WebSocket-Accept: ${acceptOf(key)}\r\n`;
    const echoed = request.headers['x-echo'] === undefined ? '' : `x-echo: ${request.headers['x-echo']}\r\n`;
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${request.headers.upgrade}\r\n${accept}${echoed}\r\n${this.greeting}`,
    );
    this.upgrades.push({ request, bytes: new Bytes(socket, head) });
    this.#wake();
  }
}

function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}
