// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { CertificatePair } from '../../src/demo/index.ts';

/** How an API server answers. */
export type FrontState =
  | 'well'
  /** 429 to everything, as API Priority and Fairness does, with `Retry-After: 1`. */
  | 'busy'
  /** 500 to everything. */
  | 'broken'
  /** Reads and writes are answered; each watch is ended after a second. */
  | 'restless'
  /** A watch that is begun is told that its place is forgotten: 410, as a server says it, within an answer of 200. */
  | 'forgetful';

const WATCH_MS = 1_000;

/** In front of an API server: passes requests on with whatever credentials they bring, or answers in its place. */
export class Front {
  readonly #target: URL;
  readonly #server: Server;
  /** The server's certificate names other addresses than ours, and is not what is tested. */
  readonly #agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
  readonly #watches = new Set<ServerResponse>();
  #state: FrontState = 'well';

  private constructor(target: URL, { chain, key }: CertificatePair) {
    this.#target = target;
    this.#server = createServer({ cert: chain, key }, (asked, answer) => this.#answer(asked, answer));
  }

  static async open(target: URL, pair: CertificatePair): Promise<Front> {
    const front = new Front(target, pair);
    front.#server.listen(0, '127.0.0.1');
    await once(front.#server, 'listening');
    return front;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Watches that are open end in every state but `well`. */
  set(state: FrontState): void {
    this.#state = state;
    if (state !== 'well') for (const watch of this.#watches) watch.end();
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
    this.#agent.destroy();
  }

  #answer(asked: IncomingMessage, answer: ServerResponse): void {
    answer.on('error', () => undefined);
    if (this.#state === 'busy') refuse(answer, 429, 'TooManyRequests', { 'retry-after': '1' });
    else if (this.#state === 'broken') refuse(answer, 500, 'InternalError');
    else if (this.#state === 'forgetful' && isWatch(asked))
      say(answer, 200, { type: 'ERROR', object: statusOf(410, 'Expired') });
    else this.#passOn(asked, answer);
  }

  #passOn(asked: IncomingMessage, answer: ServerResponse): void {
    const { method, headers, url } = asked;
    const passed = request(new URL(url ?? '/', this.#target), { method, headers, agent: this.#agent }, reply => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.on('error', () => answer.destroy());
      reply.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    answer.on('close', () => passed.destroy());
    asked.pipe(passed);
    if (isWatch(asked)) this.#follow(answer);
  }

  #follow(watch: ServerResponse): void {
    this.#watches.add(watch);
    const timer = this.#state === 'restless' ? setTimeout(() => watch.end(), WATCH_MS) : undefined;
    watch.on('close', () => {
      clearTimeout(timer);
      this.#watches.delete(watch);
    });
  }
}

function isWatch({ url = '' }: IncomingMessage): boolean {
  return /[?&]watch=(1|true)\b/.test(url);
}

function refuse(answer: ServerResponse, code: number, reason: string, headers: Record<string, string> = {}): void {
  say(answer, code, statusOf(code, reason), headers);
}

function statusOf(code: number, reason: string): object {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'said by the bench',
    reason,
    code,
  };
}

function say(answer: ServerResponse, code: number, what: object, headers: Record<string, string> = {}): void {
  answer.writeHead(code, { ...headers, 'content-type': 'application/json' }).end(`${JSON.stringify(what)}\n`);
}
