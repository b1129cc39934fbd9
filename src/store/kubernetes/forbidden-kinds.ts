// SPDX-License-Identifier: Apache-2.0

import type { Clock, Timer } from '../../time/index.ts';
import type { RefusedWrite } from './refused-writes.ts';

/** Permissions change by the hand of a person: often enough to notice. */
const RETRY_FORBIDDEN_MS = 60_000;

/** Objects of a kind that wait, and the one that is tried. */
interface WaitingKind {
  readonly keys: Set<string>;
  probe: string | null;
  readonly told: RefusedWrite;
}

/**
 * Kinds whose statuses we may not write. What is due of such a kind waits; one object is tried each minute, and when that is
 * allowed, all are due again.
 */
export class ForbiddenKinds {
  readonly #clock: Clock;
  readonly #release: (keys: readonly string[]) => void;
  readonly #waiting = new Map<string, WaitingKind>();
  #timer: Timer | null = null;

  constructor(clock: Clock, release: (keys: readonly string[]) => void) {
    this.#clock = clock;
    this.#release = release;
  }

  get all(): RefusedWrite[] {
    return Array.from(this.#waiting.values(), ({ told }) => told);
  }

  /** True: the object waits here now. */
  holds(key: string): boolean {
    const kind = this.#waiting.get(kindOf(key));
    if (kind === undefined || kind.probe === key) return false;
    kind.keys.add(key);
    return true;
  }

  /** The server said that we may not write this object's status. True: that is news about its kind. */
  add(key: string, message: string): boolean {
    const what = kindOf(key);
    const isNews = !this.#waiting.has(what);
    const told = { what, message, sinceMs: this.#clock.wallMs() };
    const kind = this.#waiting.get(what) ?? { keys: new Set(), probe: null, told };
    kind.probe = null;
    kind.keys.add(key);
    this.#waiting.set(what, kind);
    this.#timer ??= this.#clock.after(RETRY_FORBIDDEN_MS, () => this.#probe());
    return isNews;
  }

  /** A status of this object's kind was written. */
  allow(key: string): void {
    const kind = kindOf(key);
    const waiting = this.#waiting.get(kind);
    if (waiting === undefined) return;
    this.#waiting.delete(kind);
    this.#release([...waiting.keys]);
  }

  clear(): void {
    this.#waiting.clear();
    this.#timer?.cancel();
    this.#timer = null;
  }

  #probe(): void {
    this.#timer = null;
    if (this.#waiting.size === 0) return;
    this.#timer = this.#clock.after(RETRY_FORBIDDEN_MS, () => this.#probe());
    for (const [kind, waiting] of this.#waiting) {
      const [first] = waiting.keys;
      // What was tried last came to nothing: nobody wants anything written of this kind any more.
      if (first === undefined) {
        this.#waiting.delete(kind);
        continue;
      }
      waiting.keys.delete(first);
      waiting.probe = first;
      this.#release([first]);
    }
  }
}

export function kindOf(key: string): string {
  return key.slice(0, key.indexOf('/'));
}
