// SPDX-License-Identifier: Apache-2.0

import { messageOf } from '../../errors/index.ts';
import type { Clock, Random } from '../../time/index.ts';
import { isObject, mappingOf } from '../plain-object.ts';
import type { KindCache } from './kind-cache.ts';
import { type KubeClient, KubeRefusal, KubeUnreachable, type KubeWatchEvent, type WatchStream } from './kube-client.ts';
import { Pause } from './pause.ts';
import { collectionPath, type ReadKind } from './read-kinds.ts';
import { RetryDelay } from './retry-delay.ts';

/** Objects that one answer of a list holds: the API server's own clients ask for as many. */
const PAGE_SIZE = 500;
/** The fewest that can be asked for. */
const LEAST_PAGE = 1;
/** How long a watch goes on before it is begun anew, so that load spreads over API servers; up to twice as long, by chance. */
const WATCH_SECONDS = 300;
/** Errors within watches that go on from one place: what is next there cannot be told, as where it cannot be converted. A list is read without it. */
const ERRORS_AT_PLACE = 2;
/** A watch that ended sooner did not go well, whatever the server said. */
const SHORT_WATCH_MS = 1_000;

/**
 * Why the storage of a kind refuses (429) while it is made ready anew, as after a change of the kind's definition. A server that is too busy
 * refuses before it comes so far, in plain text: without a reason.
 */
const MADE_READY = 'TooManyRequests';
/** That takes seconds. A server that cannot read the objects, as where their conversion fails, says it for good. */
const MADE_READY_WITHIN_MS = 30_000;

/** How far a kind is. */
export type ReflectorState =
  /** Not read to its end yet, or the server makes it ready anew, as it does where a definition changed. */
  | { readonly state: 'reading' }
  | { readonly state: 'live' }
  /** We may not read it (401, 403). */
  | { readonly state: 'denied'; readonly message: string }
  /** The server has no such kind (404). */
  | { readonly state: 'absent' }
  | { readonly state: 'failing'; readonly message: string };

export interface ReflectorOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly readKind: ReadKind;
  readonly version: string;
  /** '': all objects. */
  readonly fieldSelector: string;
  readonly cache: KindCache;
  onState(state: ReflectorState): void;
  /** See `KubeWatch`. */
  onPiece(stream: WatchStream, bytes: number): void;
}

/**
 * Keeps a cache equal to what the API server has: one list, in pages, then a watch from there on. A watch that ends begins again where
 * it was; only when the server no longer knows that place (410), has not come so far or cannot go on from there, everything is listed again. The cache keeps what it
 * has meanwhile.
 *
 *   reading ──list──► live ──watch ends──► live (from the last version)
 *      ▲               │ 410, or the server was set back
 *      └───────────────┘      any failure: pause, then go on where it was
 */
export class Reflector {
  readonly #options: ReflectorOptions;
  readonly #stop = new AbortController();
  readonly #delay: RetryDelay;
  readonly #pause: Pause;
  readonly #path: string;
  readonly #query: Readonly<Record<string, string>>;
  /** Ends the watch that goes on. */
  #watching = new AbortController();
  /** From where a watch goes on; null: a list is needed. */
  #resourceVersion: string | null = null;
  /** Watches from there that ended in an error that was told as an event. */
  #errorsAtPlace = 0;
  /** Since when the server makes the kind ready; null: it does not. */
  #madeReadySinceMs: number | null = null;

  constructor(options: ReflectorOptions) {
    this.#options = options;
    this.#delay = new RetryDelay(options.random);
    this.#pause = new Pause(options.clock);
    const { fieldSelector, readKind, version } = options;
    this.#path = collectionPath(readKind.declaration, version);
    this.#query = fieldSelector === '' ? {} : { fieldSelector };
  }

  get version(): string {
    return this.#options.version;
  }

  get fieldSelector(): string {
    return this.#options.fieldSelector;
  }

  /** Runs until `stop`. Never rejects. */
  async run(): Promise<void> {
    this.#options.cache.setVersion(this.#options.version);
    while (!this.#isStopped()) {
      try {
        if (this.#resourceVersion !== null) await this.#checkPlace(this.#resourceVersion);
        if (this.#resourceVersion === null) await this.#list();
        await this.#watch();
      } catch (error) {
        if (this.#isStopped()) return;
        await this.#recover(error);
      }
    }
  }

  stop(): void {
    this.#stop.abort();
    this.#watching.abort();
    this.#pause.end();
  }

  /** Ends a pause: what was missing may be there now. */
  retryNow(): void {
    this.#pause.end();
  }

  /** Begins the watch anew where it is: the server says then whether it still may be. */
  renew(): void {
    this.#watching.abort();
  }

  #isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  async #list(): Promise<void> {
    const list = this.#options.cache.startList();
    let page: Page | null = null;
    do {
      page = await this.#page({ limit: PAGE_SIZE, from: page?.next ?? '' });
      for (const item of page.items) if (isObject(item)) list.add(item);
    } while (page.next !== '');
    if (this.#isStopped()) return;
    list.commit();
    this.#errorsAtPlace = 0;
    this.#resourceVersion = page.resourceVersion;
    this.#live();
  }

  /**
   * Before a watch goes on: a server whose store was set back, as by a backup, counts again from there. It would tell nothing until it has come as
   * far as it had, and of what is gone never.
   */
  async #checkPlace(resourceVersion: string): Promise<void> {
    const now = await this.#page({ limit: LEAST_PAGE, from: '' });
    // Versions that are no numbers tell nothing.
    if (Number(now.resourceVersion) < Number(resourceVersion)) this.#resourceVersion = null;
  }

  async #page({ limit, from }: { readonly limit: number; readonly from: string }): Promise<Page> {
    const { client, readKind } = this.#options;
    const query = { ...this.#query, limit: String(limit), ...(from === '' ? {} : { continue: from }) };
    const { signal } = this.#stop;
    const { accept } = readKind;
    const response = await client.request({ method: 'GET', path: this.#path, query, accept: accept.list, signal });
    if (response.status !== 200) throw new KubeRefusal(response, `list of ${this.#path}`);
    return readPage(response.json);
  }

  async #watch(): Promise<void> {
    if (this.#isStopped()) return;
    const { client, readKind, random, clock, onPiece } = this.#options;
    const timeoutSeconds = String(Math.round(WATCH_SECONDS * (1 + random())));
    const resourceVersion = this.#resourceVersion ?? '';
    const query = { ...this.#query, watch: 'true', allowWatchBookmarks: 'true', timeoutSeconds, resourceVersion };
    let openedMs = Number.POSITIVE_INFINITY;
    this.#watching = new AbortController();
    const { signal } = this.#watching;
    const onOpen = (): void => {
      openedMs = clock.nowMs();
      this.#live();
    };
    const watch = { path: this.#path, query, accept: readKind.accept.watch, signal, onOpen, onPiece };
    const wentWell = (): boolean => clock.nowMs() - openedMs >= SHORT_WATCH_MS;
    try {
      await client.watch(watch, event => this.#take(event));
      if (wentWell()) return;
    } catch (error) {
      // It was to end before it had begun.
      if (signal.aborted) return;
      // Connections have an end: that a watch cannot be begun anew would be a failure.
      if (!(error instanceof KubeUnreachable && wentWell())) throw error;
    } finally {
      if (wentWell()) this.#delay.reset();
    }
    await this.#wait(null);
  }

  #take({ type, object }: KubeWatchEvent): void {
    const { cache } = this.#options;
    if (type === 'ERROR') {
      this.#errorsAtPlace++;
      throw refusalOf(object, this.#path);
    }
    this.#errorsAtPlace = 0;
    if (type === 'DELETED') cache.remove(object);
    else if (type !== 'BOOKMARK') cache.put(object);
    this.#resourceVersion = resourceVersionOf(object) ?? this.#resourceVersion;
    this.#delay.reset();
  }

  async #recover(error: unknown): Promise<void> {
    const { status, reason } = error instanceof KubeRefusal ? error : { status: null, reason: null };
    if (status === 410 || this.#errorsAtPlace >= ERRORS_AT_PLACE) this.#resourceVersion = null;
    if (status === 410) {
      await this.#wait(null);
      return;
    }
    const message = messageOf(error);
    if (status === 404) this.#options.onState({ state: 'absent' });
    else if (status === 401 || status === 403) this.#options.onState({ state: 'denied', message });
    else if (status === 429 && reason === MADE_READY && this.#isMadeReady())
      this.#options.onState({ state: 'reading' });
    else this.#options.onState({ state: 'failing', message });
    await this.#wait(error instanceof KubeRefusal ? error.retryAfterMs : null);
  }

  #live(): void {
    this.#madeReadySinceMs = null;
    this.#options.onState({ state: 'live' });
  }

  /** Whether the server may still be about to make the kind ready. */
  #isMadeReady(): boolean {
    const nowMs = this.#options.clock.nowMs();
    this.#madeReadySinceMs ??= nowMs;
    return nowMs - this.#madeReadySinceMs < MADE_READY_WITHIN_MS;
  }

  async #wait(askedMs: number | null): Promise<void> {
    if (!this.#isStopped()) await this.#pause.last(this.#delay.next(askedMs));
  }
}

/** Of a list. */
interface Page {
  readonly items: readonly unknown[];
  /** Where the next one begins; '': there is none. */
  readonly next: string;
  readonly resourceVersion: string;
}

function readPage(json: unknown): Page {
  const list = mappingOf(json);
  const { items } = list;
  const metadata = mappingOf(list['metadata']);
  const { continue: next, resourceVersion } = metadata;
  if (!Array.isArray(items) || typeof resourceVersion !== 'string') throw new SyntaxError('the answer is not a list');
  return { items, next: typeof next === 'string' ? next : '', resourceVersion };
}

function resourceVersionOf(object: Readonly<Record<string, unknown>>): string | null {
  const metadata = mappingOf(object['metadata']);
  const { resourceVersion } = metadata;
  return typeof resourceVersion === 'string' && resourceVersion !== '' ? resourceVersion : null;
}

/** What a watch tells of its end. */
function refusalOf(status: Readonly<Record<string, unknown>>, path: string): KubeRefusal {
  const { code } = status;
  const details = mappingOf(status['details']);
  const seconds = details['retryAfterSeconds'];
  const headers = typeof seconds === 'number' ? { 'retry-after': String(seconds) } : {};
  return new KubeRefusal({ status: typeof code === 'number' ? code : 500, headers, json: status }, `watch of ${path}`);
}
