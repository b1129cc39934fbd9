// SPDX-License-Identifier: Apache-2.0

import type { Agent as HttpAgent, IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { type DaemunError, messageOf } from '../../errors/index.ts';
import { nodeHttp } from '../../node/index.ts';
import { isObject } from '../plain-object.ts';
import type { KubeAccess, Proof } from './credentials.ts';
import {
  type KubeClient,
  KubeRefusal,
  type KubeRequest,
  type KubeResponse,
  KubeUnreachable,
  type KubeWatch,
  type KubeWatchEvent,
} from './kube-client.ts';
import { WatchLines } from './watch-lines.ts';

/** The API server itself gives up on a request after a minute. */
const REQUEST_TIMEOUT_MS = 30_000;
/** A connection on which nothing is heard is asked after this, and given up some ten seconds later: watches are quiet for minutes. */
const KEEP_ALIVE_MS = 15_000;
/** The API server tells of its place (a bookmark) each minute: a watch that is silent for longer is cut off, and does not know. */
const WATCH_SILENCE_MS = 150_000;
/** Lists are read in pages; one page of the largest objects is far below. */
const MAX_ANSWER_BYTES = 256 * 1024 * 1024;

/**
 * A client over HTTP/1.1 with connections kept alive, one for each watch. See
 * docs/decisions/0047-kubernetes-by-node-https.md.
 */
export function httpsClient(access: KubeAccess, patience: Patience = PATIENCE): KubeClient {
  return new HttpsClient(access, patience);
}

/** How long a server may be silent. */
export interface Patience {
  /** Until an answer begins, and within it. */
  readonly requestMs: number;
  readonly watchMs: number;
}

const PATIENCE: Patience = { requestMs: REQUEST_TIMEOUT_MS, watchMs: WATCH_SILENCE_MS };

class HttpsClient implements KubeClient {
  readonly server: string;
  readonly #access: KubeAccess;
  readonly #patience: Patience;
  readonly #base: URL;
  #agent: HttpAgent | null = null;
  #certificate: Proof['certificate'] = null;
  #ca: string | null = null;

  constructor(access: KubeAccess, patience: Patience) {
    this.server = access.server;
    this.#patience = patience;
    this.#access = access;
    this.#base = new URL(access.server);
  }

  async request(request: KubeRequest): Promise<KubeResponse> {
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const response = await this.#ask(request, body);
    const bytes = await collect(response, this.#patience.requestMs);
    return { status: response.statusCode ?? 0, headers: response.headers, json: parseJson(bytes), bytes };
  }

  async watch(watch: KubeWatch, onEvent: (event: KubeWatchEvent) => void): Promise<void> {
    const request = { ...watch, method: 'GET' } as const;
    const response = await this.#ask(request);
    if (response.statusCode !== 200) {
      const json = parseJson(await collect(response, this.#patience.requestMs));
      const { statusCode = 0, headers } = response;
      throw new KubeRefusal({ status: statusCode, headers, json }, `watch of ${watch.path}`);
    }
    watch.onOpen?.();
    response.setTimeout(this.#patience.watchMs, () => response.destroy(new Error('it was silent for too long')));
    await follow(response, onEvent, watch);
  }

  close(): void {
    this.#agent?.destroy();
  }

  /** A token that ended is renewed once. */
  async #ask(request: KubeRequest, body?: string): Promise<IncomingMessage> {
    const response = await this.#send(request, await this.#access.prove(false), body);
    if (response.statusCode !== 401) return response;
    response.resume();
    return this.#send(request, await this.#access.prove(true), body);
  }

  #send(request: KubeRequest, proof: Proof, body: string | undefined): Promise<IncomingMessage> {
    const agent = this.#agentFor(proof);
    const { path, query = {}, method, signal } = request;
    const search = new URLSearchParams(query).toString();
    const { hostname, port, pathname, protocol } = this.#base;
    const isPlain = protocol === 'http:';
    const options = {
      agent,
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: port === '' ? (isPlain ? 80 : 443) : Number(port),
      method,
      path: `${pathname.replace(/\/$/, '')}${path}${search === '' ? '' : `?${search}`}`,
      headers: headersOf(request, proof, body),
      timeout: this.#patience.requestMs,
      ...(signal === undefined ? {} : { signal }),
    };
    return new Promise((resolve, reject) => {
      const fail = (error: unknown): void => {
        if (signal?.aborted === true) reject(signal.reason);
        else reject(this.#unreachable(error));
      };
      const sent = isPlain ? nodeHttp().request(options, resolve) : httpsRequest(options, resolve);
      // Until the head of the answer: a watch is quiet for as long as nothing changes.
      sent.on('timeout', () => {
        sent.destroy(new Error('no answer in time'));
        closeIdle(agent);
      });
      sent.on('response', () => sent.setTimeout(0));
      sent.on('error', fail);
      sent.end(body);
    });
  }

  #unreachable(error: unknown): KubeUnreachable {
    if (error instanceof KubeUnreachable) return error;
    return new KubeUnreachable('kubernetes/unreachable', `${this.server} does not answer: ${messageOf(error)}`, {
      cause: error,
    });
  }

  /** Connections are made with one client certificate, and to servers that one CA vouches for: another one takes new ones. */
  #agentFor({ certificate }: Proof): HttpAgent {
    const ca = this.#access.ca();
    const known = this.#agent;
    if (known !== null && certificate === this.#certificate && ca === this.#ca) return known;
    this.#certificate = certificate;
    this.#ca = ca;
    this.#agent = this.#newAgent(certificate, ca);
    if (known !== null) retire(known);
    return this.#agent;
  }

  #newAgent(certificate: Proof['certificate'], ca: string | null): HttpAgent {
    const common = {
      keepAlive: true,
      keepAliveMsecs: KEEP_ALIVE_MS,
      maxSockets: MAX_SOCKETS,
      scheduling: 'lifo',
      // Who pauses an answer reads nothing more: Node would go on until so much waits within the process.
      highWaterMark: 1,
    } as const;
    const { serverName, verify } = this.#access;
    if (this.#base.protocol === 'http:') return new (nodeHttp().Agent)(common);
    return new HttpsAgent({
      ...common,
      rejectUnauthorized: verify,
      ...(ca === null ? {} : { ca }),
      ...(serverName === null ? {} : { servername: serverName }),
      ...certificate,
    });
  }
}

/** What goes on over its connections does so to its end; they are not kept. */
function retire(agent: HttpAgent): void {
  agent.maxFreeSockets = 0;
  closeIdle(agent);
}

/** Those that nobody uses may be as dead as the one that did not answer: the next request has a new one. */
function closeIdle({ freeSockets }: HttpAgent): void {
  for (const sockets of Object.values(freeSockets)) for (const socket of sockets ?? []) socket.destroy();
}

/** Connections to the API server: one for the watch of each kind, the others for requests. */
const MAX_SOCKETS = 64;

function headersOf(request: KubeRequest, { authorization }: Proof, body: string | undefined): Record<string, string> {
  const { accept = 'application/json', method, contentType } = request;
  const written = contentType ?? (method === 'PATCH' ? 'application/merge-patch+json' : 'application/json');
  return {
    accept,
    'user-agent': 'daemun',
    ...(authorization === null ? {} : { authorization }),
    ...(body === undefined ? {} : { 'content-type': written, 'content-length': String(Buffer.byteLength(body)) }),
  };
}

function collect(response: IncomingMessage, silenceMs: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > MAX_ANSWER_BYTES) response.destroy(new Error('an answer is too large'));
    });
    response.on('end', () => resolve(Buffer.concat(chunks)));
    response.on('error', error => reject(lost(error)));
    response.setTimeout(silenceMs, () => response.destroy(new Error('an answer does not end')));
  });
}

/** Resolves when the server ends the stream in due form, or `signal` does. */
function follow(
  response: IncomingMessage,
  onEvent: (event: KubeWatchEvent) => void,
  { signal, onPiece }: KubeWatch,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const lines = new WatchLines(line => {
      const event = readEvent(line);
      if (event !== undefined && !signal.aborted) onEvent(event);
    });
    response.on('data', (chunk: Buffer) => {
      try {
        lines.push(chunk);
        onPiece?.(response, chunk.length);
      } catch (error) {
        response.destroy(error instanceof Error ? error : new Error(messageOf(error)));
      }
    });
    response.on('end', resolve);
    response.on('error', error => (signal.aborted ? resolve() : reject(lost(error))));
    response.on('close', resolve);
  });
}

function readEvent(line: string): KubeWatchEvent | undefined {
  const value: unknown = JSON.parse(line);
  if (!isObject(value) || !isObject(value['object'])) throw new SyntaxError('an event of a watch has no object');
  return value as unknown as KubeWatchEvent;
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

/** What was thrown at an event, as that the watch's place is too old, is told as it is. */
function lost(error: unknown): DaemunError {
  if (error instanceof KubeRefusal) return error;
  const message = `the connection to the API server was lost: ${messageOf(error)}`;
  return new KubeUnreachable('kubernetes/unreachable', message, { cause: error });
}
