// SPDX-License-Identifier: Apache-2.0

import { messageOf } from '../../errors/index.ts';
import type { Clock, Random, Timer } from '../../time/index.ts';
import { ConflictRests } from './conflict-rests.ts';
import { type ContestedWrite, ContestedWrites } from './contested-writes.ts';
import { DueWrites } from './due-writes.ts';
import { ForbiddenKinds } from './forbidden-kinds.ts';
import { type KubeClient, type KubeResponse, retryAfterMs, statusMessage } from './kube-client.ts';
import { OwnRights } from './own-rights.ts';
import { bytesOf, type RefusedWrite, RefusedWrites } from './refused-writes.ts';
import { RetryDelay } from './retry-delay.ts';
import { TokenBucket } from './token-bucket.ts';
import type { Write } from './write.ts';
import { meaningOf, type WriteAnswer, wordsOf } from './write-answer.ts';
import type { WritePace } from './write-pace.ts';
import { WriteSlots } from './write-slots.ts';

/** An object that changes all the time, as a Gateway that counts its routes, is not written more often: nobody reads so fast. */
const REST_MS = 250;

export interface WriteQueueParts {
  readonly client: Pick<KubeClient, 'request'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly pace: WritePace;
  /** What is to be written of an object, asked for when it is its turn; undefined: nothing. What it throws keeps this object from being written, and no other. */
  prepare(key: string): Write | undefined;
  /** What cannot be written: told once for the same bytes, and once for a kind that we may not write. */
  onRefused(key: string, answer: RefusedAnswer): void;
  /** Somebody else undoes what is written of an object; it is written once a minute then, and told each time. Default: nobody hears. */
  onContested?(key: string): void;
}

/** What the server said of a write that it does not take. */
export interface RefusedAnswer {
  /** null: it was not even asked, by a fault of ours. */
  readonly status: number | null;
  readonly message: string;
  /** Objects of the kind that it refuses in the same words already. */
  readonly alike: number;
}

/** How writes ended. */
export interface WriteCounts {
  written: number;
  /** Somebody else was faster; written again on what they wrote. */
  conflicts: number;
  /** The server did not take it as it is. */
  refused: number;
  /** No answer, or a server that struggles: tried again. */
  failed: number;
}

/**
 * Brings objects to the API server at a pace. Objects are marked by key (`Kind/namespace/name`); what is to be written is asked for
 * when it is an object's turn, so that the newest counts and at most one entry an object waits. A server that struggles is left
 * alone for a while, with all that is due kept; a write that the server is slow with does not hold the others up.
 */
export class WriteQueue {
  readonly #parts: WriteQueueParts;
  readonly #due = new DueWrites();
  readonly #writing: WriteSlots;
  /** Written within REST_MS: they wait if they are due again. */
  readonly #resting = new Map<string, Timer>();
  readonly #conflicts = new ConflictRests(REST_MS);
  readonly #refused: RefusedWrites;
  readonly #forbidden: ForbiddenKinds;
  readonly #rights: OwnRights;
  readonly #contested: ContestedWrites;
  readonly #bucket: TokenBucket;
  readonly #delay: RetryDelay;
  readonly counts: WriteCounts = { written: 0, conflicts: 0, refused: 0, failed: 0 };
  #abort: AbortController | null = null;
  #pause: Timer | null = null;
  #isFailing = false;
  /** One alone finds out whether a server that failed is well again. */
  #probe: string | null = null;
  #onSettled: (() => void)[] = [];

  constructor(parts: WriteQueueParts) {
    this.#parts = parts;
    this.#bucket = new TokenBucket(parts.clock, parts.pace);
    this.#delay = new RetryDelay(parts.random);
    this.#writing = new WriteSlots(parts.clock, () => this.#pump());
    const markAll = (keys: readonly string[]): void => {
      for (const key of keys) this.mark(key);
    };
    this.#forbidden = new ForbiddenKinds(parts.clock, markAll);
    this.#refused = new RefusedWrites(parts.clock, markAll);
    this.#rights = new OwnRights(parts.client, parts.clock);
    this.#contested = new ContestedWrites(parts.clock, key => parts.onContested?.(key));
  }

  /** Begins to write. What was marked before is not known. */
  start(): void {
    this.#abort ??= new AbortController();
  }

  /** Ends all requests and forgets what is due. `start` may follow. */
  stop(): void {
    this.#abort?.abort(new Error('nothing is written any more'));
    this.#abort = null;
    this.#due.clear();
    for (const timer of this.#resting.values()) timer.cancel();
    this.#resting.clear();
    this.#conflicts.clear();
    this.#refused.clear();
    this.#forbidden.clear();
    this.#contested.clear();
    this.#pause?.cancel();
    this.#pause = null;
    this.#tellSettled();
  }

  /** An object may have to be written: what it should be changed, or what is stored did. No effect before `start`. */
  mark(key: string): void {
    if (this.#abort === null) return;
    this.#due.add(key);
    this.#pump();
  }

  /** Objects that wait to be written, or are being. */
  get due(): number {
    return this.#due.size + this.#writing.size;
  }

  /** What somebody else undoes each time. */
  get contested(): readonly ContestedWrite[] {
    return this.#contested.all;
  }

  /** What the server does not take now. */
  get refused(): readonly RefusedWrite[] {
    return [...this.#forbidden.all, ...this.#refused.all];
  }

  /** Resolves when nothing is due. */
  settled(): Promise<void> {
    return this.#isSettled() ? Promise.resolve() : new Promise(resolve => this.#onSettled.push(resolve));
  }

  #isSettled(): boolean {
    return this.#due.size === 0 && this.#writing.size === 0;
  }

  #tellSettled(): void {
    if (!this.#isSettled()) return;
    const waiting = this.#onSettled;
    this.#onSettled = [];
    for (const resolve of waiting) resolve();
  }

  #wait(delayMs: number): void {
    this.#pause?.cancel();
    this.#pause = this.#parts.clock.after(delayMs, () => {
      this.#pause = null;
      this.#pump();
    });
  }

  /** Starts as many writes as there may be. */
  #pump(): void {
    const abort = this.#abort;
    if (abort === null) return;
    for (const key of this.#hasRoom() ? this.#due.inTurn(this.#isFailing) : []) {
      if (!this.#hasRoom()) break;
      if (this.#writing.holds(key) || this.#resting.has(key)) continue;
      const write = this.#prepare(key);
      if (write !== undefined) {
        const delayMs = this.#bucket.take();
        if (delayMs > 0) {
          this.#wait(delayMs);
          break;
        }
        this.#begin(key, write, abort.signal);
      }
      this.#due.delete(key);
    }
    this.#tellSettled();
  }

  /** Whether another write may begin now. */
  #hasRoom(): boolean {
    const isFull = this.#isFailing ? this.#probe !== null : this.#writing.taken >= this.#parts.pace.atOnce;
    return this.#pause === null && !isFull;
  }

  #prepare(key: string): Write | undefined {
    if (this.#forbidden.holds(key)) return undefined;
    const write = this.#ask(key);
    if (write === 'broken') return undefined;
    // What is not wanted any more need not be tried again.
    if (write === undefined) {
      this.#refused.delete(key);
      this.#conflicts.forget(key);
      this.#due.forget(key);
    }
    return this.#refused.holds(key, () => bytesOf(write?.request.body)) ? undefined : write;
  }

  #ask(key: string): Write | 'broken' | undefined {
    try {
      return this.#parts.prepare(key);
    } catch (error) {
      const message = messageOf(error);
      const alike = this.#refused.add(key, message, message);
      if (alike !== null) this.#parts.onRefused(key, { status: null, message, alike });
      return 'broken';
    }
  }

  #begin(key: string, write: Write, signal: AbortSignal): void {
    this.#writing.begin(key);
    if (this.#isFailing) this.#probe = key;
    void this.#send(key, write, signal)
      .catch(() => signal.aborted || this.#struggles(key, null))
      .finally(() => {
        this.#writing.end(key);
        if (this.#probe === key) this.#probe = null;
        this.#pump();
        this.#tellSettled();
      });
  }

  async #send(key: string, write: Write, signal: AbortSignal): Promise<void> {
    const answer = await this.#parts.client.request({ ...write.request, signal });
    if (signal.aborted) return;
    const meaning = this.#meaningOf(key, answer);
    if (meaning !== 'struggles') this.#due.forget(key);
    if (meaning !== 'conflict' && meaning !== 'struggles') this.#conflicts.forget(key);
    if (meaning === 'taken') {
      this.counts.written += 1;
      this.#delay.reset();
      this.#isFailing = false;
      this.#refused.taken(key);
      this.#forbidden.allow(key);
      this.#rest(key, this.#contested.restMs(key, write.request.body));
      write.done(answer.json);
    } else if (meaning === 'conflict') {
      this.counts.conflicts += 1;
      await write.conflicted(signal);
      const restMs = signal.aborted ? 0 : this.#conflicts.restMs(key);
      if (restMs > 0) this.#rest(key, restMs);
      this.mark(key);
    } else if (meaning === 'struggles') {
      this.#struggles(key, answer);
    } else if (meaning === 'gone') {
      write.dropped?.();
    } else {
      const isForbidden = answer.status === 403 && (await this.#rights.lacks(write.request, signal));
      if (!signal.aborted) this.#refuse(key, write, { answer, isForbidden });
    }
  }

  /** A server that fails at one object and takes others refuses it, and so those at which it fails in the same words. */
  #meaningOf(key: string, answer: KubeResponse): WriteAnswer {
    const isFailure = answer.status === 500 && meaningOf(answer) === 'struggles';
    if (!isFailure) return meaningOf(answer);
    const isOwn = this.#refused.knows(key, wordsOf(answer)) || this.#due.failed(key, this.counts.written);
    return isOwn ? 'refused' : 'struggles';
  }

  #rest(key: string, atLeastMs: number): void {
    const timer = this.#parts.clock.after(Math.max(REST_MS, atLeastMs), () => {
      this.#resting.delete(key);
      if (this.#due.has(key)) this.#pump();
    });
    this.#resting.set(key, timer);
  }

  #struggles(key: string, answer: KubeResponse | null): void {
    this.counts.failed += 1;
    // Those that were on their way together fail together, which is one failure of the server.
    const isFurther = this.#isFailing && this.#probe !== key;
    this.#isFailing = true;
    if (!isFurther) this.#wait(this.#delay.next(answer === null ? null : retryAfterMs(answer)));
    this.mark(key);
  }

  /** `isForbidden`: nothing of the kind may be written. Else the no is to this object, as a quota's or a webhook's is. */
  #refuse(key: string, write: Write, { answer, isForbidden }: { answer: KubeResponse; isForbidden: boolean }): void {
    this.counts.refused += 1;
    const { status, json } = answer;
    const message = statusMessage(json);
    if (isForbidden) {
      if (this.#forbidden.add(key, wordsOf(answer))) this.#parts.onRefused(key, { status, message, alike: 0 });
      return;
    }
    const alike = this.#refused.add(key, bytesOf(write.request.body), wordsOf(answer));
    if (alike !== null) this.#parts.onRefused(key, { status, message, alike });
    write.dropped?.();
  }
}
