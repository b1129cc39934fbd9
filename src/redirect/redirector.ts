// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { DaemunError, messageOf } from '../errors/index.ts';
import type { Clock, Timer } from '../time/index.ts';
import { NftGone, NftSession } from './nft-session.ts';
import { type Redirection, redirectionKey } from './redirection.ts';
import { changeTable, createTable } from './ruleset.ts';

/** Pauses before the rules are made anew after nft ended: the first, and the longest of those that double. */
const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 10_000;

/** `live`: the kernel has what was wanted last, `count` redirections. `down`: it has none; the next attempt is under way or due. */
export type RedirectorState =
  | { readonly kind: 'live'; readonly table: string; readonly count: number }
  | { readonly kind: 'down'; readonly why: string }
  | { readonly kind: 'stopped' };

export interface RedirectorOptions {
  readonly clock: Clock;
  /** Connections of processes with this group id are left alone; null: of nobody. */
  readonly exemptGroup: number | null;
  /** After each change of `state` that was not asked for: rules were lost, or are back. */
  onState(state: RedirectorState): void;
}

/**
 * Keeps redirections in the kernel, in a table of its own that nobody else may change, by changes only: what stays is never taken out.
 * They end when `stop` is called or this process ends, in whatever way. When nft ends alone they are lost, and made anew.
 *
 * Owns a process of nft and the timer that begins another one; `stop` ends both.
 */
export class Redirector {
  readonly #options: RedirectorOptions;
  #wanted: ReadonlyMap<string, Redirection> = new Map();
  /** null: there is no table. */
  #session: { readonly nft: NftSession; readonly table: string; has: ReadonlyMap<string, Redirection> } | null = null;
  #state: RedirectorState = { kind: 'down', why: 'not started' };
  #queue: Promise<void> = Promise.resolve();
  #retry: Timer | null = null;
  #pauseMs = FIRST_RETRY_MS;

  constructor(options: RedirectorOptions) {
    this.#options = options;
  }

  get state(): RedirectorState {
    return this.#state;
  }

  /**
   * Makes the table, empty.
   * @throws DaemunError `redirect/no-nft` or `redirect/refused`, with what to do.
   */
  async start(): Promise<void> {
    try {
      await this.#enqueue(() => this.#open());
    } catch (error) {
      this.#state = { kind: 'stopped' };
      throw unusable(error);
    }
  }

  /**
   * Redirects these from now on and nothing else; of two with one address and port the later counts. Resolves when the kernel does
   * so, and also when it cannot now: see `state`. Never rejects.
   */
  set(redirections: readonly Redirection[]): Promise<void> {
    this.#wanted = new Map(redirections.map(one => [redirectionKey(one), one]));
    return this.#enqueue(() => this.#settle()).catch(() => undefined);
  }

  /** Takes all redirections out and ends. Connections that were redirected go on. */
  async stop(): Promise<void> {
    this.#state = { kind: 'stopped' };
    this.#retry?.cancel();
    await this.#enqueue(async () => this.#close()).catch(() => undefined);
  }

  async #settle(): Promise<void> {
    if (this.#state.kind === 'stopped') return;
    try {
      if (this.#session === null) await this.#open();
      await this.#change();
    } catch (error) {
      // What the kernel has now is not known for sure, so nothing of it stays.
      await this.#close();
      this.#lost(messageOf(error));
    }
  }

  async #change(): Promise<void> {
    const session = this.#session;
    if (session === null) return;
    const wanted = this.#wanted;
    await Promise.all(changeTable(session.table, session.has, wanted).map(statement => session.nft.run(statement)));
    session.has = wanted;
    this.#pauseMs = FIRST_RETRY_MS;
    this.#tell({ kind: 'live', table: session.table, count: wanted.size });
  }

  async #open(): Promise<void> {
    const table = `daemun_${randomBytes(4).toString('hex')}`;
    const nft = new NftSession(this.#options.clock, why => {
      if (this.#session?.nft !== nft) return;
      this.#session = null;
      this.#lost(why);
    });
    try {
      await nft.run(createTable(table, this.#options.exemptGroup));
    } catch (error) {
      await nft.close();
      throw error;
    }
    this.#session = { nft, table, has: new Map() };
  }

  async #close(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    await session?.nft.close();
  }

  #lost(why: string): void {
    if (this.#state.kind === 'stopped') return;
    this.#tell({ kind: 'down', why });
    if (this.#retry !== null) return;
    this.#retry = this.#options.clock.after(this.#pauseMs, () => {
      this.#retry = null;
      void this.#enqueue(() => this.#settle());
    });
    this.#pauseMs = Math.min(this.#pauseMs * 2, MAX_RETRY_MS);
  }

  #tell(state: RedirectorState): void {
    if (this.#state.kind === 'stopped') return;
    const isNews = state.kind !== this.#state.kind;
    this.#state = state;
    if (isNews) this.#options.onState(state);
  }

  #enqueue(work: () => Promise<void>): Promise<void> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    return done;
  }
}

function unusable(error: unknown): DaemunError {
  if (error instanceof NftGone && error.isMissing) return new DaemunError('redirect/no-nft', error.message);
  const why = messageOf(error);
  const help = /not permitted/i.test(why)
    ? { help: 'run it as root, or in a container with the capability NET_ADMIN' }
    : {};
  return new DaemunError('redirect/refused', `nft cannot make a table that this process owns: ${why}`, {
    cause: error,
    ...help,
  });
}
