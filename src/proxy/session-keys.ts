// SPDX-License-Identifier: Apache-2.0

/**
 * The keys that authenticate session tokens: one ring for all workers, made and rotated by the main thread. A store keeps
 * them over restarts and shares them with other processes; a new key signs only after the others had time to read it, and
 * an old one is accepted as long as a token of it may be.
 *
 *     made ──2 h──► signs ──5 days──► the next one signs ──7 days──► dropped
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Clock, Timer } from '../time/index.ts';
import { SESSION_IDLE_MS, type SessionKey } from './filters/index.ts';
import type { Log } from './log/index.ts';

/** Keeps keys. Small and rarely used, so it may block; either call may throw. */
export interface SessionKeyStore {
  /** Empty when there are none yet. */
  load(): readonly SessionKey[];
  /** Replaces what `load` gave last; where that was nothing, keys that another process has put there meanwhile stay. */
  save(keys: readonly SessionKey[]): void;
}

/** Of a secret: that of the hash. */
export const SESSION_SECRET_BYTES = 32;
const ROTATE_AFTER_MS = 5 * 86_400_000;
/** Also how long another process may sign with a key that it has replaced meanwhile. */
const SIGN_AFTER_MS = 2 * 3_600_000;
const CHECK_INTERVAL_MS = 3_600_000;
/** More than a ring ever has: a store that holds more was not written by us. */
export const MAX_SESSION_KEYS = 16;

export function sessionKey(secret: Uint8Array, createdAtMs: number): SessionKey {
  // Copies: what is sent to a thread takes the whole memory along that it is a part of.
  const id = Uint8Array.from(createHash('sha256').update(secret).digest().subarray(0, 4));
  return { id, secret: Uint8Array.from(secret), createdAtMs };
}

/** The ring as it should be now, the newest key first: with a new key when one is due, without those whose tokens are all over. */
export function rotateKeys(keys: readonly SessionKey[], nowMs: number): readonly SessionKey[] {
  const sorted = [...keys].sort((a, b) => b.createdAtMs - a.createdAtMs);
  const newest = sorted[0];
  const isDue = newest === undefined || nowMs - newest.createdAtMs >= ROTATE_AFTER_MS;
  const ring = isDue ? [sessionKey(randomBytes(SESSION_SECRET_BYTES), nowMs), ...sorted] : sorted;
  return ring.filter((_, at) => {
    const next = ring[at - 1];
    return next === undefined || nowMs - next.createdAtMs < SIGN_AFTER_MS + CHECK_INTERVAL_MS + SESSION_IDLE_MS;
  });
}

/** The ring with the key that signs in front: the newest that every process has read by now. */
export function signingFirst(ring: readonly SessionKey[], nowMs: number): readonly SessionKey[] {
  const signing = ring.find(key => nowMs - key.createdAtMs >= SIGN_AFTER_MS) ?? ring.at(-1);
  return signing === undefined ? [] : [signing, ...ring.filter(key => key !== signing)];
}

export interface SessionKeyringOptions {
  /** null: keys live as long as the process. */
  readonly store: SessionKeyStore | null;
  readonly clock: Clock;
  readonly log: Log;
  /** Gets the ring, the signing key first, at the start and when it changed. */
  readonly publish: (keys: readonly SessionKey[]) => void;
}

/** Owns the ring. `start` when the first rule wants sessions, `close` at the end. */
export class SessionKeyring {
  readonly #options: SessionKeyringOptions;
  #ring: readonly SessionKey[] = [];
  #published = '';
  #timer: Timer | null = null;
  #isTold = false;

  constructor(options: SessionKeyringOptions) {
    this.#options = options;
  }

  /** No effect when it was started before. Publishes before it returns. */
  start(): void {
    if (this.#timer === null) this.#check();
  }

  close(): void {
    this.#timer?.cancel();
  }

  #check(): void {
    const { clock, publish } = this.#options;
    const nowMs = clock.wallMs();
    this.#ring = this.#refresh(nowMs);
    const keys = signingFirst(this.#ring, nowMs);
    const names = keys.map(({ id }) => Buffer.from(id).toString('hex')).join();
    if (names !== this.#published) publish(keys);
    this.#published = names;
    this.#timer = clock.after(CHECK_INTERVAL_MS, () => this.#check());
  }

  /** What the store has, rotated. A store that cannot be written is used as it is; one that cannot be read, not at all. */
  #refresh(nowMs: number): readonly SessionKey[] {
    const { store } = this.#options;
    if (store === null) return rotateKeys(this.#ring, nowMs);
    let stored: readonly SessionKey[] = [];
    try {
      stored = store.load();
      const ring = rotateKeys(stored, nowMs);
      if (ring.length === stored.length && ring.every((key, at) => key === stored[at])) return ring;
      store.save(ring);
      return store.load();
    } catch (error) {
      this.#tell(error, stored.length > 0);
      return stored.length > 0 ? stored : rotateKeys(this.#ring, nowMs);
    }
  }

  /** Once. */
  #tell(error: unknown, isReadable: boolean): void {
    if (this.#isTold) return;
    this.#isTold = true;
    const what = isReadable
      ? 'session keys cannot be replaced'
      : 'session keys cannot be kept: sessions end with this process';
    this.#options.log.warn(what, { error: String(error) });
  }
}
