// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import type { KubeAccess } from './credentials.ts';
import { type Change, type FakeObject, FakeObjects, type Json, type ObjectName } from './fake-objects.test-support.ts';
import { FakeOwnObjects } from './fake-own-objects.test-support.ts';
import { type Admission, answerWrite, failed } from './fake-writes.test-support.ts';
import { READ_KINDS } from './read-kinds.ts';

export type { FakeObject } from './fake-objects.test-support.ts';

interface OpenWatch {
  readonly path: string;
  /** The version that it goes on from. */
  readonly from: number;
  readonly response: ServerResponse;
}

/** How the server answers what it would else answer well. */
interface Trouble {
  readonly status: number;
  readonly headers?: Record<string, string>;
  /** What the server says; absent: that it failed. */
  readonly message?: string;
  /** The reason in its `Status`. */
  readonly reason?: string;
  /** What is answered in place of a `Status`: a page of whatever stands before the server. */
  readonly page?: string;
  /** How many more requests it meets. */
  left: number;
}

/**
 * A small API server on a real socket: discovery, lists in pages, watches that go on from a version, and all the ways in which they fail.
 * It knows the kinds that daemun reads.
 */
export class FakeApi {
  readonly #server: Server;
  readonly #objects = new FakeObjects((path, change) => this.#tell(path, change));
  readonly #watches = new Set<OpenWatch>();
  readonly #troubles = new Map<string, Trouble>();
  readonly #removed = new Set<string>();
  #oldest = 0;
  #port = 0;
  /** `GET /path?query` of each request. */
  readonly requests: string[] = [];
  /** What else is answered with 200, by path: what daemun does not follow. A number is a status without more. */
  readonly answers = new Map<string, unknown>();
  /** Leases and Secrets of those who ask. */
  readonly own = new FakeOwnObjects();
  /** Those that were told. */
  readonly events: Readonly<Json>[] = [];
  /** What becomes of an object that is applied: how it is stored, or why it is not (422). null: none is taken. */
  admit: Admission | null = null;
  /** Watches from before this version end in an error in place of what is next. */
  brokenBefore = 0;
  /** The most objects in a page, whatever is asked for. */
  pageSize = 500;

  private constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  static async start(t: Pick<TestContext, 'after'>): Promise<FakeApi> {
    const api = new FakeApi();
    await api.up();
    t.after(() => api.down());
    return api;
  }

  get access(): KubeAccess {
    const prove = () => Promise.resolve({ authorization: null, certificate: null });
    const server = `http://127.0.0.1:${this.#port}`;
    return { server, ca: () => null, verify: true, serverName: null, namespace: 'default', prove };
  }

  /** Listens, on the same port as before. */
  async up(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Is gone from one moment to the next. */
  async down(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  put(object: FakeObject): void {
    this.#objects.put(object);
  }

  delete(name: ObjectName): void {
    this.#objects.delete(name);
  }

  /** The kind is served in this version only, as in an older bundle. To be called before it has objects. */
  setVersion(kind: string, version: string): void {
    this.#objects.setVersion(kind, version);
  }

  /** The kind's definition is deleted, or comes. */
  setServed(kind: string, isServed: boolean): void {
    if (isServed) {
      this.#removed.delete(kind);
      return;
    }
    this.#removed.add(kind);
    const path = this.#objects.pathOf(kind);
    this.#objects.collection(path).clear();
    this.#end(watch => watch.path === path);
  }

  /** The next requests for a kind (lists and watches), or for all with `*`, are refused. */
  fail(kind: string, status: number, more: Partial<Omit<Trouble, 'status'>> = {}): void {
    this.#troubles.set(kind, { status, left: Number.POSITIVE_INFINITY, ...more });
  }

  heal(kind: string): void {
    this.#troubles.delete(kind);
  }

  /** Ends all watches, in due form or by a lost connection. */
  endWatches(how: 'ended' | 'lost'): void {
    this.#end(() => true, how);
  }

  /** Forgets what happened until now: watches from there are told 410 in an event. */
  compact(): void {
    this.#oldest = this.#objects.version;
  }

  /** Tells all watches that their place is too old, as an API server does that compacts while they go on. */
  expireWatches(): void {
    for (const { response } of this.#watches) writeEvent(response, EXPIRED);
    this.#end(() => true);
  }

  /** Its store is put back to a version, and all watches are lost. */
  setBack(version: number): void {
    this.#objects.setBack(version);
    this.endWatches('lost');
  }

  /** Of the last change. */
  get version(): number {
    return this.#objects.version;
  }

  /** An object as it is stored. */
  stored(name: ObjectName): Readonly<Json> | undefined {
    return this.#objects.stored(name);
  }

  get openWatches(): number {
    return this.#watches.size;
  }

  #end(isMeant: (watch: OpenWatch) => boolean, how: 'ended' | 'lost' = 'ended'): void {
    for (const watch of [...this.#watches].filter(isMeant)) {
      this.#watches.delete(watch);
      if (how === 'ended') watch.response.end();
      else watch.response.destroy();
    }
  }

  #tell(path: string, change: Change): void {
    for (const watch of this.#watches)
      if (watch.path === path && change.version > watch.from) writeEvent(watch.response, change);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://fake');
    this.requests.push(`${request.method} ${url.pathname}${url.search}`);
    const kind = READ_KINDS.find(one => this.#objects.pathOf(one.kind) === url.pathname)?.kind;
    const trouble = this.#trouble(kind);
    const answer = this.answers.get(url.pathname);
    if (trouble !== undefined) {
      refuse(response, trouble.status, trouble);
      return;
    }
    if (typeof answer === 'number') refuse(response, answer);
    else if (answer !== undefined) response.end(JSON.stringify(answer));
    else if (isOwn(url.pathname) || request.method !== 'GET') void this.#write(request, url.pathname, response);
    else if (kind === undefined) this.#discover(url.pathname, response);
    else if (this.#removed.has(kind)) refuse(response, 404);
    else if (url.searchParams.get('watch') === 'true') this.#watch(url, response);
    else this.#list(url, response);
  }

  async #write(request: IncomingMessage, path: string, response: ServerResponse): Promise<void> {
    const { own, events, admit } = this;
    // Who gives a request up in its middle has no use for an answer.
    const body = await request.toArray().then(
      parts => parts.join(''),
      () => null,
    );
    if (body === null) return void response.destroy();
    const written = { method: request.method ?? '', path, body };
    const { status, json } = isOwn(path)
      ? (own.answer(written.method, path, body) ?? { status: 404, json: {} })
      : answerWrite(written, { objects: this.#objects, events, admit });
    response.writeHead(status).end(JSON.stringify(json));
  }

  #trouble(kind: string | undefined): Trouble | undefined {
    const trouble = this.#troubles.get('*') ?? this.#troubles.get(kind ?? 'discovery');
    if (trouble === undefined || trouble.left <= 0) return undefined;
    trouble.left--;
    return trouble;
  }

  #discover(path: string, response: ServerResponse): void {
    const [, root, group = '', version] = path.split('/');
    const served = READ_KINDS.filter(({ kind }) => !this.#removed.has(kind));
    if (path === '/apis') {
      const groups = Map.groupBy(served, ({ declaration }) => declaration.group);
      groups.delete('');
      response.end(JSON.stringify({ groups: [...groups].map(([name]) => ({ name, versions: [] })) }));
      return;
    }
    const kinds = served.filter(({ declaration }) => declaration.group === group);
    if (root !== 'apis' || kinds.length === 0) {
      refuse(response, 404);
      return;
    }
    const versions = [...new Set(kinds.map(({ kind }) => this.#objects.versionOf(kind)))];
    const resources = kinds.filter(({ kind }) => this.#objects.versionOf(kind) === version);
    const body =
      version === undefined
        ? { versions: versions.map(one => ({ version: one })) }
        : { resources: resources.map(({ declaration }) => ({ name: declaration.plural })) };
    response.end(JSON.stringify(body));
  }

  #list({ pathname, searchParams }: URL, response: ServerResponse): void {
    const items = [...this.#objects.collection(pathname).values()];
    const [start = 0, version = this.#objects.version] = (searchParams.get('continue') ?? '')
      .split('@')
      .filter(Boolean)
      .map(Number);
    if (version < this.#oldest) {
      refuse(response, 410);
      return;
    }
    const end = start + Math.min(Number(searchParams.get('limit') ?? items.length), this.pageSize);
    const more = end < items.length ? { continue: `${end}@${version}` } : {};
    response.end(
      JSON.stringify({ metadata: { resourceVersion: String(version), ...more }, items: items.slice(start, end) }),
    );
  }

  #watch({ pathname, searchParams }: URL, response: ServerResponse): void {
    const from = Number(searchParams.get('resourceVersion'));
    if (from < this.#oldest || from < this.brokenBefore) {
      // As API servers do: the watch begins, and then is refused.
      writeEvent(response, from < this.#oldest ? EXPIRED : BROKEN);
      response.end();
      return;
    }
    const watch = { path: pathname, from, response };
    this.#watches.add(watch);
    response.on('close', () => this.#watches.delete(watch));
    response.flushHeaders();
    for (const change of this.#objects.changesOf(pathname)) if (change.version > from) writeEvent(response, change);
  }
}

const EXPIRED = { type: 'ERROR', object: { kind: 'Status', code: 410, message: 'too old resource version' } } as const;
const BROKEN = { type: 'ERROR', object: { kind: 'Status', code: 500, message: 'cannot be converted' } } as const;

function writeEvent(
  response: ServerResponse,
  { type, object }: { readonly type: Change['type'] | 'ERROR'; readonly object: Json },
): void {
  response.write(`${JSON.stringify({ type, object })}\n`);
}

function refuse(
  response: ServerResponse,
  status: number,
  { headers = {}, message, reason, page }: Partial<Omit<Trouble, 'status' | 'left'>> = {},
): void {
  response.writeHead(status, headers).end(page ?? JSON.stringify(failed(status, message, reason).json));
}

/** Leases and Secrets. */
function isOwn(path: string): boolean {
  return /\/(secrets|leases)(\/|$)/.test(path) && path.includes('/namespaces/');
}
