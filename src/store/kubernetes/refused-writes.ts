// SPDX-License-Identifier: Apache-2.0

import type { Clock, Timer } from '../../time/index.ts';

/** What is in the way, an address that another one has or a quota, goes by the hand of a person: often enough to notice. */
const RETRY_REFUSED_MS = 60_000;
/** Of those that are refused alike: what is in the way of thousands is the same, and when one is taken all are due. */
const RETRIED_AT_ONCE = 10;

/** A write that the server does not take. */
export interface RefusedWrite {
  /** `Kind/namespace/name`, or a kind, of which nothing may be written. */
  readonly what: string;
  /** The server's status and words. */
  readonly message: string;
  /** Of the wall clock. */
  readonly sinceMs: number;
}

interface Refused {
  readonly bytes: string;
  isDue: boolean;
  /** What those have in common that are refused alike. */
  readonly alike: string;
  readonly told: RefusedWrite;
}

/** What the server did not take, by object: not sent again as it is but once a minute at most. */
export class RefusedWrites {
  readonly #clock: Clock;
  readonly #release: (keys: readonly string[]) => void;
  /** At most one an object. */
  readonly #refused = new Map<string, Refused>();
  /** Keys of those that are refused alike, the one that was tried last at the end. */
  readonly #alike = new Map<string, Set<string>>();
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

  /** The server did not take these bytes. How many others it refuses alike; null: this object is refused as it was before, which is no news. */
  add(key: string, bytes: string, message: string): number | null {
    const before = this.#refused.get(key);
    const sinceMs = before?.told.sinceMs ?? this.#clock.wallMs();
    const alike = alikeOf(key, message);
    this.delete(key);
    this.#refused.set(key, { bytes, isDue: false, alike, told: { what: key, message, sinceMs } });
    const keys = this.#alike.get(alike) ?? new Set();
    this.#alike.set(alike, keys.add(key));
    this.#timer ??= this.#clock.after(RETRY_REFUSED_MS, () => this.#retry());
    return before?.bytes === bytes ? null : keys.size - 1;
  }

  /** Whether objects of this one's kind are refused in these words. */
  knows(key: string, message: string): boolean {
    return this.#alike.has(alikeOf(key, message));
  }

  /** The server took something of this object: perhaps it takes what it refused alike, too. */
  taken(key: string): void {
    const refused = this.#refused.get(key);
    if (refused === undefined) return;
    this.delete(key);
    const others = this.#alike.get(refused.alike) ?? [];
    this.#alike.delete(refused.alike);
    this.#due([...others]);
  }

  /** Nothing is to be written of this object. */
  delete(key: string): void {
    const refused = this.#refused.get(key);
    if (refused === undefined) return;
    this.#refused.delete(key);
    const keys = this.#alike.get(refused.alike);
    keys?.delete(key);
    if (keys?.size === 0) this.#alike.delete(refused.alike);
  }

  clear(): void {
    this.#refused.clear();
    this.#alike.clear();
    this.#timer?.cancel();
    this.#timer = null;
  }

  #retry(): void {
    this.#timer = null;
    if (this.#refused.size > 0) this.#timer = this.#clock.after(RETRY_REFUSED_MS, () => this.#retry());
    this.#due([...this.#alike.values()].flatMap(keys => [...keys].slice(0, RETRIED_AT_ONCE)));
  }

  #due(keys: readonly string[]): void {
    for (const key of keys) {
      const refused = this.#refused.get(key);
      if (refused !== undefined) refused.isDue = true;
    }
    this.#release(keys);
  }
}

/** Of one kind, in the same words but for the object's name. */
function alikeOf(key: string, message: string): string {
  const [kind = '', , name = ''] = key.split('/');
  return `${kind} ${name === '' ? message : message.replaceAll(`"${name}"`, '')}`;
}

/** What is asked for, but for the version that it is asked of. */
export function bytesOf(body: unknown): string {
  return JSON.stringify(body, (name, value: unknown) => (name === 'resourceVersion' ? undefined : value));
}
