// SPDX-License-Identifier: Apache-2.0

/**
 * The counters of one worker: a page of shared memory and the meaning of its slots.
 *
 * A slot is bound when a label set is first seen; its meaning is announced once (in batches) to whoever reads the page.
 * After that a count is `values[slot] += 1`. When the page is full every further label set shares slot 0, which is not
 * shown: the page is a cap on cardinality, nothing grows.
 */
import { type FamilyName, HISTOGRAM_BOUNDS_SECONDS } from './families.ts';

export type Labels = Readonly<Record<string, string>>;

/** One series and where its value is; a histogram takes a run of slots: one per bound, `+Inf`, then the sum. */
export interface Series {
  readonly name: FamilyName;
  readonly labels: Labels;
  readonly slot: number;
}

/** 256 Ki slots: 1,000 methods of all types and codes, and a few thousand rules. Memory is used only where written. */
const DEFAULT_SLOTS = 262_144;
/** Slots of one histogram: the bounds, `+Inf`, the sum. */
export const HISTOGRAM_SLOTS: number = HISTOGRAM_BOUNDS_SECONDS.length + 2;

export class WorkerMetrics {
  /** Shared with the reader. */
  readonly buffer: SharedArrayBuffer;
  readonly values: Float64Array;
  /** Label sets that found the page full. */
  overflowed = 0;
  readonly #announce: (series: readonly Series[]) => void;
  readonly #slots = new Map<string, number>();
  #unannounced: Series[] = [];
  #free = HISTOGRAM_SLOTS;

  /** `announce` is called in a microtask with the series that are new. */
  constructor(announce: (series: readonly Series[]) => void, slots: number = DEFAULT_SLOTS) {
    this.buffer = new SharedArrayBuffer(slots * Float64Array.BYTES_PER_ELEMENT);
    this.values = new Float64Array(this.buffer);
    this.#announce = announce;
  }

  /** The slot of a counter or gauge: the same labels always give the same slot. For set-up and first sights only. */
  slot(name: FamilyName, labels: Labels = {}): number {
    return this.#bind(name, labels, 1);
  }

  /** The first of the slots of a histogram; see `observe`. */
  histogram(name: FamilyName, labels: Labels = {}): number {
    return this.#bind(name, labels, HISTOGRAM_SLOTS);
  }

  /** Adds one to a counter that is looked up by its labels: for rare events. */
  count(name: FamilyName, labels: Labels = {}): void {
    const slot = this.slot(name, labels);
    this.values[slot] = (this.values[slot] as number) + 1;
  }

  /** Adds an observation to the histogram at `first`. */
  observe(first: number, seconds: number): void {
    const values = this.values;
    const bounds = HISTOGRAM_BOUNDS_SECONDS;
    let at = 0;
    while (at < bounds.length && seconds > (bounds[at] as number)) at++;
    values[first + at] = (values[first + at] as number) + 1;
    const sum = first + bounds.length + 1;
    values[sum] = (values[sum] as number) + seconds;
  }

  #bind(name: FamilyName, labels: Labels, size: number): number {
    const key = `${name}\0${JSON.stringify(labels)}`;
    const known = this.#slots.get(key);
    if (known !== undefined) return known;
    if (this.#free + size > this.values.length) {
      this.overflowed++;
      return 0;
    }
    const slot = this.#free;
    this.#free += size;
    this.#slots.set(key, slot);
    if (this.#unannounced.push({ name, labels, slot }) === 1) queueMicrotask(() => this.#flush());
    return slot;
  }

  #flush(): void {
    const series = this.#unannounced;
    this.#unannounced = [];
    this.#announce(series);
  }
}
