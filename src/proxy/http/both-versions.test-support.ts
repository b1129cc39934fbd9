// SPDX-License-Identifier: Apache-2.0

/** Servers and clients of both versions of HTTP, for what must not depend on them. */
import { once } from 'node:events';
import { Agent, createServer as createHttp1, type IncomingMessage, request as request1 } from 'node:http';
import { connect as connect2, createServer as createHttp2 } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe } from 'node:test';

export type Version = 'HTTP/1.1' | 'HTTP/2';
const VERSIONS: readonly Version[] = ['HTTP/1.1', 'HTTP/2'];

export interface Asked {
  readonly method?: string;
  /** `:authority`, or `host`. */
  readonly host: string;
  readonly path: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What a client got. */
export interface Answered {
  readonly status: number;
  /** Names in lower case; several fields of one name are joined by `, `. */
  readonly fields: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** What an endpoint was asked; it is the body of its answer. */
export interface Seen {
  readonly method: string;
  readonly target: string;
  readonly host: string;
  readonly fields: Readonly<Record<string, string | undefined>>;
}

interface AnyRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}
interface AnyResponse {
  setHeader(name: string, value: string): unknown;
  end(text: string): unknown;
}

/** An endpoint that says what it was asked, with `fields` in its answers. Close it. */
export async function echoServer(
  version: Version,
  fields: Readonly<Record<string, string>> = {},
): Promise<{ readonly port: number; close(): void }> {
  const answer = ({ method = '', url = '', headers }: AnyRequest, response: AnyResponse): void => {
    for (const [name, value] of Object.entries(fields)) response.setHeader(name, value);
    const host = String(headers[':authority'] ?? headers['host']);
    response.end(JSON.stringify({ method, target: url, host, fields: joined(headers) } satisfies Seen));
  };
  const server: Server = version === 'HTTP/1.1' ? createHttp1(answer) : createHttp2(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
}

/** A client with one connection that it keeps. Close it. */
export function clientOf(
  version: Version,
  port: number,
): { ask(asked: Asked): Promise<Answered>; readonly connections: number; close(): void } {
  return version === 'HTTP/1.1' ? new Client1(port) : new Client2(port);
}

class Client1 {
  readonly #port: number;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #sockets = new Set<unknown>();

  constructor(port: number) {
    this.#port = port;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  async ask({ method = 'GET', host, path, fields = {}, body }: Asked): Promise<Answered> {
    const headers = { host, ...fields };
    const sent = request1({ host: '127.0.0.1', port: this.#port, agent: this.#agent, method, path, headers });
    sent.once('socket', socket => this.#sockets.add(socket));
    sent.end(body);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return { status: response.statusCode ?? 0, fields: joined(response.headers), body: await text(response) };
  }

  close(): void {
    this.#agent.destroy();
  }
}

class Client2 {
  readonly connections = 1;
  readonly #session: ReturnType<typeof connect2>;

  constructor(port: number) {
    this.#session = connect2(`http://127.0.0.1:${port}`);
  }

  async ask({ method = 'GET', host, path, fields = {}, body }: Asked): Promise<Answered> {
    const head = { ':method': method, ':authority': host, ':path': path, ...fields };
    const stream = this.#session.request(head, { endStream: body === undefined });
    if (body !== undefined) stream.end(body);
    // Read from the start, see `ask2` of http-peers.
    const [[received], read] = await Promise.all([once(stream, 'response'), text(stream)]);
    return { status: received[':status'], fields: joined(received), body: read };
  }

  close(): void {
    this.#session.destroy();
  }
}

function joined(
  headers: Readonly<Record<string, string | number | readonly string[] | undefined>>,
): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value?.toString()]));
}

/** A suite for each pair of versions. */
export function forEachPair(suite: (client: Version, server: Version) => void): void {
  for (const client of VERSIONS)
    for (const server of VERSIONS) describe(`${client} to ${server}`, () => suite(client, server));
}
