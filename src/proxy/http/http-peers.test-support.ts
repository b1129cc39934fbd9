// SPDX-License-Identifier: Apache-2.0

/** Clients and servers of both versions of HTTP, as Node has them. */
import { once } from 'node:events';
import {
  Agent,
  createServer as createHttp1,
  type IncomingMessage,
  request as request1,
  type ServerResponse,
} from 'node:http';
import {
  type ClientHttp2Session,
  connect as connect2,
  createServer as createHttp2,
  createSecureServer as createHttp2Secure,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import { createServer as createHttps, Agent as HttpsAgent } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TlsOptions } from 'node:tls';

/** What a client got. */
export interface Outcome {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly interim: readonly number[];
  readonly body: string;
  readonly trailers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

export interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly trailers?: Readonly<Record<string, string>>;
  /** The head of the answer is here. */
  readonly onHead?: () => void;
}

export type Version = 'HTTP/1.1' | 'HTTP/2';
export const VERSIONS: readonly Version[] = ['HTTP/1.1', 'HTTP/2'];
/** A client with one connection, which is kept. Close it. */
export class HttpClient {
  readonly #port: number;
  readonly #fields: Readonly<Record<string, string>>;
  readonly #agent: Agent;
  readonly #session: ClientHttp2Session | null;

  /** `fields`: of each request. `servername`: it speaks TLS, believes any certificate, and asks for this one. */
  constructor(
    version: Version,
    port: number,
    fields: Readonly<Record<string, string>> = {},
    { servername }: { readonly servername?: string } = {},
  ) {
    this.#port = port;
    this.#fields = fields;
    const kept = { keepAlive: true, maxSockets: 1 };
    const tls = servername === undefined ? null : { servername, rejectUnauthorized: false };
    this.#agent = tls === null ? new Agent(kept) : new HttpsAgent({ ...kept, ...tls });
    const scheme = tls === null ? 'http' : 'https';
    this.#session = version === 'HTTP/2' ? connect2(`${scheme}://127.0.0.1:${port}`, tls ?? {}) : null;
    // Requests fail of it, too.
    this.#session?.on('error', () => {});
  }

  ask(asked: Asked): Promise<Outcome> {
    const whole = { ...asked, headers: { ...this.#fields, ...asked.headers } };
    return this.#session === null ? ask1(this.#port, this.#agent, whole) : ask2(this.#session, whole);
  }

  close(): void {
    this.#session?.destroy();
    this.#agent.destroy();
  }
}

/** How a request is answered. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A server on port 0. Close it. */
export class HttpServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  connections = 0;

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket: Socket) => {
      this.connections++;
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  /** `tls`: what it speaks TLS with; default: cleartext. */
  static async start(version: Version, handler: Handler, tls?: TlsOptions): Promise<HttpServer> {
    const handler2 = (request: Http2ServerRequest, response: Http2ServerResponse): void =>
      handler(request as unknown as IncomingMessage, response as unknown as ServerResponse);
    const server =
      version === 'HTTP/2'
        ? tls === undefined
          ? createHttp2(handler2)
          : createHttp2Secure(tls, handler2)
        : tls === undefined
          ? createHttp1(handler)
          : createHttps(tls, handler);
    const started = new HttpServer(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return started;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

async function ask1(port: number, agent: Agent, asked: Asked): Promise<Outcome> {
  const { method = 'POST', path, headers = {}, body = '', trailers } = asked;
  const protocol = agent instanceof HttpsAgent ? 'https:' : 'http:';
  const request = request1({ protocol, port, host: '127.0.0.1', agent, method, path, headers });
  const interim: number[] = [];
  request.on('information', ({ statusCode }) => interim.push(statusCode));
  if (trailers !== undefined) {
    request.setHeader('transfer-encoding', 'chunked');
    request.setHeader('trailer', Object.keys(trailers).join());
    request.addTrailers(trailers);
  }
  if (method === 'HEAD') request.end();
  else request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  asked.onHead?.();
  const received = await text(response);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    interim,
    body: received,
    trailers: response.trailers,
  };
}

async function ask2(session: ClientHttp2Session, asked: Asked): Promise<Outcome> {
  const { method = 'POST', path, headers = {}, body = '', trailers } = asked;
  const options = { waitForTrailers: trailers !== undefined, endStream: method === 'HEAD' };
  const stream = session.request({ ':method': method, ':path': path, ...headers }, options);
  stream.on('wantTrailers', () => stream.sendTrailers(trailers ?? {}));
  const interim: number[] = [];
  let received: Record<string, string | readonly string[] | undefined> = {};
  stream.on('headers', fields => interim.push(Number(fields[':status'])));
  stream.on('trailers', fields => {
    received = fields as typeof received;
  });
  if (method !== 'HEAD') stream.end(body);
  stream.once('response', () => asked.onHead?.());
  // Read from the start: Node tells who begins after a stream was closed that it closed too early, though all of it is there.
  const [[fields], read] = await Promise.all([once(stream, 'response'), text(stream)]);
  return { status: fields[':status'], headers: fields, interim, body: read, trailers: received };
}
