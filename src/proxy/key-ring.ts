// SPDX-License-Identifier: Apache-2.0

/**
 * A ring of keys for all workers, made and rotated by the main thread. A store keeps it over restarts and shares it with other
 * processes; a new key is used for writing only after the others had time to read it, and an old one is taken as long as
 * something that was written with it may be shown.
 *
 *     made ──signAfterMs──► signs ──rotateAfterMs──► the next one signs ──acceptedForMs──► dropped
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Clock, Timer } from '../time/index.ts';
import { SESSION_IDLE_MS, type SessionKey } from './filters/index.ts';
import { SESSION_TIMEOUT_SECONDS } from './listeners/index.ts';
import type { Log } from './log/index.ts';

/** Keeps keys. Small and rarely used, so it may block; either call may throw. */
export interface KeyStore {
  /** Empty when there are none yet. */
  load(): readonly SessionKey[];
  /** Replaces what `load` gave last; where that was nothing, keys that another process has put there meanwhile stay. */
  save(keys: readonly SessionKey[]): void;
}

/** Of a secret: that of the hash. */
export const RING_KEY_BYTES = 32;
/** More than a ring needs; processes whose clocks are days apart would make more. A store that holds more was not written by us. */
export const MAX_RING_KEYS = 16;

/** How the keys of a ring follow each other. */
export interface KeyPace {
  /** For people: what they are keys of. */
  readonly what: string;
  readonly rotateAfterMs: number;
  /** Also how long another process may sign with a key that it has replaced meanwhile. */
  readonly signAfterMs: number;
  /** How often a process looks, so that it has read a new key before anybody signs with it. */
  readonly checkMs: number;
  /** How long what was signed may be shown. */
  readonly acceptedForMs: number;
}

/** Of session tokens. */
export const SESSION_KEY_PACE: KeyPace = {
  what: 'keys of sessions',
  rotateAfterMs: 5 * 86_400_000,
  signAfterMs: 2 * 3_600_000,
  checkMs: 3_600_000,
  acceptedForMs: SESSION_IDLE_MS,
};

/**
 * As long as a session can be resumed: a ticket that is written just before a rotation is taken until it expires, and a
 * secret that leaks opens the tickets of four hours, and of some minutes.
 */
export const TICKET_ROTATION_MS = 7_200_000;

/** Of TLS session tickets. */
export const TICKET_KEY_PACE: KeyPace = {
  what: 'keys of TLS session tickets',
  rotateAfterMs: TICKET_ROTATION_MS,
  signAfterMs: 5 * 60_000,
  checkMs: 60_000,
  acceptedForMs: SESSION_TIMEOUT_SECONDS * 1_000,
};

export function ringKey(secret: Uint8Array, createdAtMs: number): SessionKey {
  // Copies: what is sent to a thread takes the whole memory along that it is a part of.
  const id = Uint8Array.from(createHash('sha256').update(secret).digest().subarray(0, 4));
  return { id, secret: Uint8Array.from(secret), createdAtMs };
}

/** The ring as it should be now, the newest key first: with a new key when one is due, without those that nothing is shown of any more. */
export function rotateKeys(pace: KeyPace, keys: readonly SessionKey[], nowMs: number): readonly SessionKey[] {
  const sorted = keys.map(key => notAhead(pace, key, nowMs)).sort((a, b) => b.createdAtMs - a.createdAtMs);
  const newest = sorted[0];
  const isDue = newest === undefined || nowMs - newest.createdAtMs >= pace.rotateAfterMs;
  const ring = isDue ? [ringKey(randomBytes(RING_KEY_BYTES), nowMs), ...sorted] : sorted;
  const keptForMs = pace.signAfterMs + pace.checkMs + pace.acceptedForMs;
  return ring.filter((_, at) => {
    const next = ring[at - 1];
    return next === undefined || (at < MAX_RING_KEYS && nowMs - next.createdAtMs < keptForMs);
  });
}

/** A key of a time that is far to come was made while a clock was wrong: none would follow it until then. It counts as made now. */
function notAhead({ signAfterMs }: KeyPace, key: SessionKey, nowMs: number): SessionKey {
  return key.createdAtMs - nowMs > signAfterMs ? { ...key, createdAtMs: nowMs } : key;
}

/** The ring with the key that signs in front: the newest that every process has read by now. */
export function signingFirst(pace: KeyPace, ring: readonly SessionKey[], nowMs: number): readonly SessionKey[] {
  const signing = ring.find(key => nowMs - key.createdAtMs >= pace.signAfterMs) ?? ring.at(-1);
  return signing === undefined ? [] : [signing, ...ring.filter(key => key !== signing)];
}

export interface KeyRingOptions {
  readonly pace: KeyPace;
  /** null: keys live as long as the process. */
  readonly store: KeyStore | null;
  readonly clock: Clock;
  readonly log: Log;
  /** Gets the ring, the signing key first, at the start and when it changed. Never empty. */
  readonly publish: (keys: readonly SessionKey[]) => void;
}

/** Owns the ring. `start` when somebody wants keys, `close` at the end. */
export class KeyRing {
  readonly #options: KeyRingOptions;
  #ring: readonly SessionKey[] = [];
  #published = '';
  #timer: Timer | null = null;
  #isClosed = false;
  #isTold = false;

  constructor(options: KeyRingOptions) {
    this.#options = options;
  }

  get isStarted(): boolean {
    return this.#timer !== null;
  }

  /** Publishes before it returns. False, and no effect, when it was started before. */
  start(): boolean {
    if (this.isStarted || this.#isClosed) return false;
    this.#check();
    return true;
  }

  /** The store has others now. No effect before `start`. */
  reread(): void {
    if (this.#timer === null || this.#isClosed) return;
    this.#timer.cancel();
    this.#check();
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
  }

  #check(): void {
    const { pace, clock, publish } = this.#options;
    const nowMs = clock.wallMs();
    this.#ring = this.#refresh(nowMs);
    const keys = signingFirst(pace, this.#ring, nowMs);
    const names = keys.map(({ id }) => Buffer.from(id).toString('hex')).join();
    if (names !== this.#published) publish(keys);
    this.#published = names;
    this.#timer = clock.after(pace.checkMs, () => this.#check());
  }

  /** What the store has, rotated. A store that cannot be written is used as it is; one that cannot be read, or is empty, not at all. */
  #refresh(nowMs: number): readonly SessionKey[] {
    const { pace, store } = this.#options;
    const own = (): readonly SessionKey[] => rotateKeys(pace, this.#ring, nowMs);
    if (store === null) return own();
    let stored: readonly SessionKey[] = [];
    try {
      stored = store.load();
      const ring = stored.length === 0 ? own() : rotateKeys(pace, stored, nowMs);
      if (ring.length === stored.length && ring.every((key, at) => key === stored[at])) return ring;
      store.save(ring);
      const kept = store.load();
      return kept.length > 0 ? kept : ring;
    } catch (error) {
      this.#tell(error, stored.length > 0);
      return stored.length > 0 ? stored : own();
    }
  }

  /** Once. */
  #tell(error: unknown, isReadable: boolean): void {
    if (this.#isTold) return;
    this.#isTold = true;
    const { pace, log } = this.#options;
    const what = isReadable ? 'cannot be replaced' : 'cannot be kept: what they are for ends with this process';
    log.warn(`${pace.what} ${what}`, { error: String(error) });
  }
}
