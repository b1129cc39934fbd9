// SPDX-License-Identifier: Apache-2.0

/** A small gRPC server over cleartext HTTP/2, with an echo for HTTP of both versions and for WebSockets: for demo backends, not for speed. */
import type { EventEmitter } from 'node:events';
import { createServer as createHttp2Server, type Http2Server, type ServerHttp2Session } from 'node:http2';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import { nodeHttp } from '../../node/index.ts';
import { isGrpcContentType } from '../../wire/index.ts';
import { AskedTrouble } from '../asked-trouble.ts';
import type { CertificatePair } from '../certificates/certificate-authority.ts';
import { answerHttp1Echo, answerHttpEcho, type EchoPod } from '../http-echo.ts';
import { answerLineEcho, isLine } from '../line-echo.ts';
import { answerWebSocketEcho } from '../websocket-echo.ts';
import { answerCall } from './answer-call.ts';
import type { GrpcMethod, GrpcMethods } from './grpc-method.ts';

export interface GrpcServerOptions {
  /** Sent in the `hostname` header of each answer. */
  readonly podName: string;
  readonly methods: GrpcMethods;
  /** Answers the methods that `methods` does not have. */
  readonly fallback: GrpcMethod;
  /** Where it listens. Default: a free port of the loopback address. */
  readonly listen?: { readonly address: string; readonly port: number };
}

export interface GrpcServer {
  readonly address: string;
  readonly port: number;
  /** What it speaks TLS with from now on, beside cleartext; null: nothing. */
  secure(pair: CertificatePair | null): void;
  /** Stops listening and asks clients to go elsewhere; resolves when the last connection has ended, which may be never. */
  drain(): Promise<void>;
  /** Stops listening, sends GOAWAY and cuts the connections. */
  close(): Promise<void>;
  /** Stops listening and resets the connections without a word, as a crash does. */
  kill(): Promise<void>;
}

/** As many as HTTP/2 servers usually allow, so that clients and gateways meet the limits they meet elsewhere. */
const MAX_CONCURRENT_STREAMS = 1000;
const WINDOW_BYTES = 1024 * 1024;

/** Rejects when the OS refuses. */
export async function startGrpcServer(options: GrpcServerOptions): Promise<GrpcServer> {
  const http2 = createHttp2Server({
    settings: { maxConcurrentStreams: MAX_CONCURRENT_STREAMS, initialWindowSize: WINDOW_BYTES },
  });
  const pod: EchoPod = { name: options.podName, trouble: new AskedTrouble() };
  let isDraining = false;
  const http1 = nodeHttp().createServer((request, response) => {
    if (isDraining) response.setHeader('connection', 'close');
    void answerHttp1Echo(request, response, pod);
  });
  http1.on('upgrade', (request, socket, first) => answerWebSocketEcho(request, socket, first, options.podName));
  const lines = (socket: Socket): void => answerLineEcho(socket, options.podName);
  let tls: TlsServer | null = null;
  const server = createServer(socket => admit(socket, { http1, http2, lines, tls }));
  const sessions = trackSessions(http2);
  const sockets = trackSockets(server);
  http2.on('stream', (stream, headers) => {
    stream.on('error', () => {}); // a client that went away: the call's signal tells its method
    if (isGrpcContentType(headers['content-type'])) answerCall(stream, headers, options);
    else void answerHttpEcho(stream, headers, pod);
  });
  const { address, port } = await listen(server, options.listen ?? { address: '127.0.0.1', port: 0 });
  const drain = (): Promise<void> => {
    isDraining = true;
    for (const session of sessions) session.close();
    return new Promise(resolve => server.close(() => resolve()));
  };
  const close = (): Promise<void> => {
    const closed = closeServer(server, sessions);
    for (const socket of sockets) socket.destroySoon();
    return closed;
  };
  const kill = (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    return closeServer(server, sessions);
  };
  const secure = (pair: CertificatePair | null): void => {
    tls = pair === null ? null : createTls(pair, { http1, http2, lines });
  };
  return { address, port, secure, drain, close, kill };
}

/** What an HTTP/2 client says first (RFC 9113 §3.4); no HTTP/1 request begins so. */
const PREFACE = 'PRI ';

/** The type of a TLS record that a ClientHello is in (RFC 8446 §5.1). */
const HANDSHAKE = 22;

interface Servers {
  /** Sends lines back. */
  readonly lines: (socket: Socket) => void;
  readonly http1: EventEmitter;
  readonly http2: EventEmitter;
}

/** The first bytes tell the versions apart, lines that are no requests, and TLS. */
function admit(socket: Socket, servers: Servers & { readonly tls: EventEmitter | null }): void {
  socket.on('error', () => {});
  socket.once('data', first => {
    socket.pause();
    socket.unshift(first);
    if (servers.tls !== null && first[0] === HANDSHAKE) {
      servers.tls.emit('connection', socket);
      return;
    }
    if (isLine(first)) {
      servers.lines(socket);
      socket.resume();
      return;
    }
    const isHttp2 = first.toString('latin1').startsWith(PREFACE);
    (isHttp2 ? servers.http2 : servers.http1).emit('connection', socket);
    if (!isHttp2) socket.resume();
  });
}

/** ALPN tells the versions apart; without it there may be lines. Clients may show a certificate, whosever it is. It listens nowhere: it is given connections. */
function createTls({ chain, key }: CertificatePair, servers: Servers): TlsServer {
  const { http1, http2 } = servers;
  const anyClient = { requestCert: true, rejectUnauthorized: false };
  const server = createTlsServer({ cert: chain, key, ALPNProtocols: ['h2', 'http/1.1'], ...anyClient }, socket => {
    if (socket.alpnProtocol === 'h2') http2.emit('connection', socket);
    else if (socket.alpnProtocol === 'http/1.1') http1.emit('connection', socket);
    else admit(socket, { ...servers, tls: null });
  });
  server.on('tlsClientError', () => {}); // the client's affair
  return server;
}

function trackSockets(server: Server): Set<Socket> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  return sockets;
}

function trackSessions(server: Http2Server): Set<ServerHttp2Session> {
  const sessions = new Set<ServerHttp2Session>();
  server.on('session', session => {
    sessions.add(session);
    session.on('error', () => {});
    session.on('close', () => sessions.delete(session));
  });
  return sessions;
}

type Place = { readonly address: string; readonly port: number };

function listen(server: Server, { address, port }: Place): Promise<Place> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => {
      const bound = server.address();
      if (bound === null || typeof bound === 'string') reject(new Error('the demo backend is not bound to a port'));
      else resolve({ address: bound.address, port: bound.port });
    });
  });
}

function closeServer(server: Server, sessions: ReadonlySet<ServerHttp2Session>): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve());
    for (const session of sessions) {
      if (session.destroyed) continue;
      session.goaway();
      session.destroy();
    }
  });
}
