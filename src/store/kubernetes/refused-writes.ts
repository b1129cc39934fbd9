// SPDX-License-Identifier: Apache-2.0

import type { Clock, Timer } from '../../time/index.ts';

/** What is in the way, an address that another one has or a quota, goes by the hand of a person: often enough to notice. */
const RETRY_REFUSED_MS = 60_000;

/** A write that the server does not take. */
export interface RefusedWrite {
  /** `Kind/namespace/name`, or a kind, of which nothing may be written. */
  readonly what: string;
  /** The server's status and words. */
  readonly message: string;
  /** Of the wall clock. */
  readonly sinceMs: number;
}

/** What the server did not take, by object: not sent again as it is but once a minute. */
export class RefusedWrites {
  readonly #clock: Clock;
  readonly #release: (keys: readonly string[]) => void;
  /** At most one an object. */
  readonly #refused = new Map<string, { readonly bytes: string; isDue: boolean; readonly told: RefusedWrite }>();
  #timer: Timer | null = null;

  constructor(clock: Clock, release: (keys: readonly string[]) => void) {
    this.#clock = clock;
    this.#release = release;
  }

  /** True: the object is not to be sent with these bytes now. `bytes` is asked for only where something was refused. */
  holds(key: string, bytes: () => string): boolean {
    const refused = this.#refused.get(key);
    return refused !== undefined && !refused.isDue && refused.bytes === bytes();
  }

  get all(): RefusedWrite[] {
    return Array.from(this.#refused.values(), ({ told }) => told);
  }

  /** The server did not take these bytes. True: that is news. */
  add(key: string, bytes: string, message: string): boolean {
    const before = this.#refused.get(key);
    const isNews = before?.bytes !== bytes;
    const sinceMs = before?.told.sinceMs ?? this.#clock.wallMs();
    this.#refused.set(key, { bytes, isDue: false, told: { what: key, message, sinceMs } });
    this.#timer ??= this.#clock.after(RETRY_REFUSED_MS, () => this.#retry());
    return isNews;
  }

  /** The server took something of this object. */
  delete(key: string): void {
    this.#refused.delete(key);
  }

  clear(): void {
    this.#refused.clear();
    this.#timer?.cancel();
    this.#timer = null;
  }

  #retry(): void {
    this.#timer = null;
    for (const refused of this.#refused.values()) refused.isDue = true;
    if (this.#refused.size > 0) this.#timer = this.#clock.after(RETRY_REFUSED_MS, () => this.#retry());
    this.#release([...this.#refused.keys()]);
  }
}
