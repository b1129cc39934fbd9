// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { nodeHttp } from '../node/index.ts';
import { ADMIN_MARK, isLoopback, socketAddress } from '../values/index.ts';
import { type AdminAnswer, problem } from './admin-answer.ts';
import { refusalOf } from './admin-request-origin.ts';
import { type AdminPlace, answerAdmin } from './admin-routes.ts';
import type { AdminSource } from './admin-source.ts';
import { SendingBudget } from './sending-budget.ts';
import { SharedAnswers } from './shared-answers.ts';

export interface AdminOptions {
  /** IP address; loopback unless the operator says otherwise: the endpoints are not authenticated. */
  readonly host: string;
  /** 0 finds a free one. */
  readonly port: number;
  readonly source: AdminSource;
  /** Of answers that are not taken yet. Default 128 MiB. */
  readonly maxSendingBytes?: number;
}

interface Answering extends AdminOptions, AdminPlace {
  readonly sending: SendingBudget;
}

export interface AdminServer {
  /** `host:port` as bound. */
  readonly address: string;
  /** Ends at once: readiness probes and scrapes are not worth waiting for. */
  close(): Promise<void>;
}

/** Half of the descriptors that are kept back for all but traffic: probes and scrapers need a handful. */
export const MAX_CONNECTIONS = 32;
/** A slow reader may not keep its socket for ever: not while it asks, */
const REQUEST_TIMEOUT_MS = 10_000;
/** nor while it takes nothing of the answer. */
const STALLED_ANSWER_MS = 30_000;
/** As many bytes as the data plane takes of a request's headers, each of them written as `%41`: so `explain` can ask about any. */
const MAX_REQUEST_HEAD_BYTES = 3 * 64 * 1024 + 4096;
const LIMITS = { requestTimeout: REQUEST_TIMEOUT_MS, maxHeaderSize: MAX_REQUEST_HEAD_BYTES };

/** Starts the admin server. Rejects with the OS's error (`EADDRINUSE` …) when the port cannot be bound. */
export function startAdminServer(options: AdminOptions): Promise<AdminServer> {
  const answering = { ...options, sending: new SendingBudget(options.maxSendingBytes), shared: new SharedAnswers() };
  const server = nodeHttp().createServer(LIMITS, (request, response) => {
    answer(answering, request, response).catch(() => response.destroy());
  });
  boundConnections(server);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: options.host, port: options.port, exclusive: true }, () => {
      server.removeListener('error', reject);
      resolve({ address: addressOf(server, options.host), close: () => closeServer(server) });
    });
  });
}

/** Descriptors of those who ask nothing would be missing where traffic is: beyond the cap the connection that was longest without a request ends. */
function boundConnections(server: Server): void {
  const byUse = new Set<Socket>();
  const used = (socket: Socket): void => {
    byUse.delete(socket);
    byUse.add(socket);
  };
  server.on('connection', socket => {
    used(socket);
    socket.once('close', () => byUse.delete(socket));
    const [first] = byUse;
    if (byUse.size <= MAX_CONNECTIONS || first === undefined) return;
    byUse.delete(first);
    first.destroy();
  });
  server.on('request', ({ socket }) => used(socket));
}

async function answer(options: Answering, request: IncomingMessage, response: ServerResponse): Promise<void> {
  request.resume();
  const { status, type, body, headers } = roomFor(await answerOf(options, request), options.sending);
  if (request.socket.destroyed) return;
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  response.writeHead(status, {
    'content-type': type,
    ...(Buffer.isBuffer(bytes) ? { 'content-length': bytes.length } : {}),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    [ADMIN_MARK.name]: ADMIN_MARK.value,
    ...headers,
  });
  response.setTimeout(STALLED_ANSWER_MS, () => response.destroy());
  if (request.method === 'HEAD') response.end();
  else if (!Buffer.isBuffer(bytes)) await sendParts(response, bytes);
  else {
    options.sending.take(bytes, response);
    response.end(bytes);
  }
}

function roomFor(wanted: AdminAnswer, sending: SendingBudget): AdminAnswer {
  if (!Buffer.isBuffer(wanted.body) || sending.hasRoomFor(wanted.body)) return wanted;
  return problem(503, 'the answers to others are not taken yet', { 'retry-after': '1' });
}

/** Lets other work of the thread go first after each part, and makes no more than the reader takes. */
async function sendParts(response: ServerResponse, parts: Iterable<string>): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  for (const part of parts) {
    if (gone.signal.aborted) return;
    if (response.write(part)) await nextTurn();
    else await once(response, 'drain', { signal: gone.signal });
  }
  response.end();
}

function answerOf(options: Answering, request: IncomingMessage): AdminAnswer | Promise<AdminAnswer> {
  const refusal = refusalOf(request.headers, options.host === 'localhost' || isLoopback(options.host));
  if (refusal !== null) return problem(403, refusal);
  const url = URL.parse(`http://admin${request.url?.startsWith('/') ? request.url : '/'}`);
  if (url === null) return problem(400, 'the path cannot be read');
  return answerAdmin(options, request.method ?? 'GET', url);
}

function addressOf(server: Server, host: string): string {
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  return socketAddress(host, port);
}

function closeServer(server: Server): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
