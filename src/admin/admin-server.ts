// SPDX-License-Identifier: Apache-2.0
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isLoopbackAddress, refusalOf } from './admin-request-origin.ts';
import { type AdminAnswer, answerAdmin, problem } from './admin-routes.ts';
import type { AdminSource } from './admin-source.ts';

export interface AdminOptions {
  /** IP address; loopback unless the operator says otherwise: the endpoints are not authenticated. */
  readonly host: string;
  /** 0 finds a free one. */
  readonly port: number;
  readonly source: AdminSource;
}

export interface AdminServer {
  /** `host:port` as bound. */
  readonly address: string;
  /** Ends at once: readiness probes and scrapes are not worth waiting for. */
  close(): Promise<void>;
}

/** A slow reader may not keep its socket for ever. */
const REQUEST_TIMEOUT_MS = 10_000;

/** Starts the admin server. Rejects with the OS's error (`EADDRINUSE` …) when the port cannot be bound. */
export function startAdminServer(options: AdminOptions): Promise<AdminServer> {
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    answer(options, request, response).catch(() => response.destroy());
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: options.host, port: options.port, exclusive: true }, () => {
      server.removeListener('error', reject);
      resolve({ address: addressOf(server, options.host), close: () => closeServer(server) });
    });
  });
}

async function answer(options: AdminOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  request.resume();
  const { status, type, body, headers } = await answerOf(options, request);
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function answerOf(options: AdminOptions, request: IncomingMessage): AdminAnswer | Promise<AdminAnswer> {
  const refusal = refusalOf(request.headers, isLoopbackAddress(options.host));
  if (refusal !== null) return problem(403, refusal);
  const url = URL.parse(`http://admin${request.url?.startsWith('/') ? request.url : '/'}`);
  if (url === null) return problem(400, 'the path cannot be read');
  return answerAdmin(options.source, request.method ?? 'GET', url);
}

function addressOf(server: Server, host: string): string {
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function closeServer(server: Server): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
