// SPDX-License-Identifier: Apache-2.0

/** Servers and clients of raw bytes around a gateway that passes streams on, all on loopback ports of their own. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { connect as connectTls, createServer as createTlsServer, type TLSSocket } from 'node:tls';
import type {
  Certificate,
  ServerNameRoute,
  StreamBackend,
  StreamRule,
  TcpListener,
  TlsListener,
} from '../../snapshot/index.ts';

const IDENTITY = { gateway: { namespace: 'default', name: 'gw' }, listenerSet: null, clients: null };

export function streamRule(
  name: string,
  shares: Readonly<Record<string, number>>,
  changes: Partial<StreamRule> = {},
): StreamRule {
  const backends: StreamBackend[] = Object.entries(shares).map(([cluster, weight]) => ({
    weight,
    target: { kind: 'cluster', cluster },
  }));
  return {
    id: `TCPRoute/default/${name}/0`,
    origin: { kind: 'TCPRoute', namespace: 'default', name, ruleIndex: 0, ruleName: '' },
    fault: null,
    backends,
    totalWeight: backends.reduce((sum, { weight }) => sum + weight, 0),
    idleTimeoutMs: 3_600_000,
    alpn: [],
    ...changes,
  };
}

export function tcpListener(rule: StreamRule | null): TcpListener {
  return { kind: 'tcp', id: 'default/gw/tcp', ...IDENTITY, name: 'tcp', hostname: '*', rule };
}

/** A listener of TLS; `certificate` undefined: it passes TLS on. */
export function tlsListener(
  name: string,
  hostname: string,
  serverNames: readonly ServerNameRoute[],
  certificate?: Certificate,
): TlsListener {
  const tls = certificate === undefined ? null : { certificates: [certificate.id], clients: null };
  return { kind: 'tls', id: `default/gw/${name}`, ...IDENTITY, name, hostname, tls, serverNames };
}

/** Servers and sockets of one test. `close` ends them all. */
export class StreamBed {
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();

  /** A server whose connections may stay half open; its port. */
  async serve(onConnection: (socket: Socket) => void): Promise<number> {
    return this.#listen(createServer({ allowHalfOpen: true }, socket => onConnection(this.#keep(socket))));
  }

  /** One that speaks TLS. */
  async serveTls(
    { chain, key }: Certificate,
    onConnection: (socket: TLSSocket) => void,
    ALPNProtocols: string[] = [],
  ): Promise<number> {
    const server = createTlsServer({ cert: chain, key, ALPNProtocols }, socket => onConnection(this.#keep(socket)));
    return this.#listen(server);
  }

  /** One that says its name at once and sends back what it gets. */
  async echo(name: string): Promise<number> {
    return this.serve(socket => {
      socket.write(`${name}:`);
      socket.pipe(socket);
    });
  }

  /** A port that nobody listens on. */
  async deadPort(): Promise<number> {
    const server = createServer();
    const port = await this.#listen(server);
    server.close();
    await once(server, 'close');
    return port;
  }

  /** A client that may stay half open. */
  async dial(port: number): Promise<Socket> {
    const socket = this.#keep(connect({ port, host: '127.0.0.1', allowHalfOpen: true }));
    await once(socket, 'connect');
    return socket;
  }

  /** How a connection ends that the gateway takes no byte of; the reset may come before the client knows that it is connected. */
  async fate(port: number): Promise<'reset' | 'ended'> {
    try {
      return await endOf(await this.dial(port));
    } catch {
      return 'reset';
    }
  }

  /** A client of TLS that believes any certificate; `''`: it sends no server name. */
  dialTls(port: number, servername: string, ALPNProtocols: string[] = []): TLSSocket {
    return this.#keep(connectTls({ port, host: '127.0.0.1', servername, rejectUnauthorized: false, ALPNProtocols }));
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    for (const server of this.#servers) server.close();
  }

  async #listen(server: Server): Promise<number> {
    this.#servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  #keep<S extends Socket>(socket: S): S {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    return socket;
  }
}

/** All that a socket brings until its peer ends, as text. */
export async function readAll(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', chunk => {
    text += chunk.toString('latin1');
  });
  await once(socket, 'end');
  return text;
}

/** Reads until `length` characters are there. */
export async function readText(socket: Socket, length: number): Promise<string> {
  let text = '';
  while (text.length < length) text += ((await once(socket, 'data')) as [Buffer])[0].toString('latin1');
  return text;
}

/** How a connection ends that says nothing: `reset`, or `ended`. */
export async function endOf(socket: Socket): Promise<'reset' | 'ended'> {
  const failed = once(socket, 'error').then(() => 'reset' as const);
  const ended = Promise.race([once(socket, 'end'), once(socket, 'close')]).then(() => 'ended' as const);
  socket.resume();
  return Promise.race([failed, ended]);
}
