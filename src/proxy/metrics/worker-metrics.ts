// SPDX-License-Identifier: Apache-2.0

/**
 * The counters of one worker: a page of shared memory and the meaning of its slots.
 *
 * A slot is bound when a label set is first seen; its meaning is announced once (in batches) to whoever reads the page.
 * After that a count is `values[slot] += 1`. When what a series is about is gone, its slots are released: the reader
 * forgets them, and they are bound again only when the page has no fresh ones, the longest released first, so that the
 * reader has long heard of it. When nothing is left every further label set shares slot 0, which is not shown, and is
 * counted: the page is a cap on cardinality, nothing grows.
 */
import { type FamilyName, familiesAbout, HISTOGRAM_BOUNDS_SECONDS, type LabelsOf } from './families.ts';

export type Labels = Readonly<Record<string, string>>;

/** Where the name of a method comes from: a rule, or a client, proven by an answer. */
export type MethodSource = 'configured' | 'learned';

/** One series and where its value is; a histogram takes a run of slots: one per bound, `+Inf`, then the sum. */
export interface Series {
  readonly name: FamilyName;
  readonly labels: Labels;
  readonly slot: number;
  /** `gone`: the slots mean nothing any more. */
  readonly note: MethodSource | 'gone' | null;
}

/**
 * 1 Mi slots, 8 MiB of which only what was written takes memory: all budgets of method names (`MethodBudget`) with three
 * types each, and several thousand rules and clusters.
 */
const DEFAULT_SLOTS = 1_048_576;
/** Slots of one histogram: the bounds, `+Inf`, the sum. */
export const HISTOGRAM_SLOTS: number = HISTOGRAM_BOUNDS_SECONDS.length + 2;

interface Bound {
  readonly slot: number;
  readonly size: number;
}

export class WorkerMetrics {
  /** Shared with the reader. */
  readonly buffer: SharedArrayBuffer;
  readonly values: Float64Array;
  readonly #announce: (series: readonly Series[]) => void;
  readonly #bound = new Map<string, Bound>();
  /** Released runs by their size, the longest released first. */
  readonly #released = new Map<number, number[]>();
  readonly #dropped: number;
  #unannounced: Series[] = [];
  #free = HISTOGRAM_SLOTS;

  /** `announce` is called in a microtask with the series that are new or gone. */
  constructor(announce: (series: readonly Series[]) => void, slots: number = DEFAULT_SLOTS) {
    this.buffer = new SharedArrayBuffer(slots * Float64Array.BYTES_PER_ELEMENT);
    this.values = new Float64Array(this.buffer);
    this.#announce = announce;
    this.#dropped = this.slot('daemun_metrics_dropped_series_total', {});
  }

  /** The slot of a counter or gauge: the same labels always give the same slot. For set-up and first sights only. */
  slot<Name extends FamilyName>(name: Name, labels: LabelsOf<Name>, note: MethodSource | null = null): number {
    return this.#bind({ name, labels, slot: 0, note }, 1);
  }

  /** The first of the slots of a histogram; see `observe`. */
  histogram<Name extends FamilyName>(name: Name, labels: LabelsOf<Name>, note: MethodSource | null = null): number {
    return this.#bind({ name, labels, slot: 0, note }, HISTOGRAM_SLOTS);
  }

  /** What the series is about is gone: it is shown no more. No effect on one that was never bound. */
  release<Name extends FamilyName>(name: Name, labels: LabelsOf<Name>): void {
    this.#forget(name, labels);
  }

  /** The binding or cluster of this id is gone: all series that are about it alone are shown no more. */
  releaseAbout(label: 'binding' | 'cluster', id: string): void {
    for (const name of familiesAbout(label)) this.#forget(name, { [label]: id });
  }

  /** Adds one to a counter that is looked up by its labels: for rare events. */
  count<Name extends FamilyName>(name: Name, labels: LabelsOf<Name>): void {
    this.add(name, labels, 1);
  }

  /** Changes a gauge that is looked up by its labels: for rare events. */
  add<Name extends FamilyName>(name: Name, labels: LabelsOf<Name>, change: number): void {
    const slot = this.slot(name, labels);
    this.values[slot] = (this.values[slot] as number) + change;
  }

  /** Adds an observation to the histogram at `first`. `bounds`: those of its family. */
  observe(first: number, observed: number, bounds: readonly number[] = HISTOGRAM_BOUNDS_SECONDS): void {
    const values = this.values;
    let at = 0;
    while (at < bounds.length && observed > (bounds[at] as number)) at++;
    values[first + at] = (values[first + at] as number) + 1;
    const sum = first + bounds.length + 1;
    values[sum] = (values[sum] as number) + observed;
  }

  #forget(name: FamilyName, labels: Labels): void {
    const key = keyOf(name, labels);
    const bound = this.#bound.get(key);
    if (bound === undefined) return;
    this.#bound.delete(key);
    this.#say({ name, labels, slot: bound.slot, note: 'gone' });
    const runs = this.#released.get(bound.size);
    if (runs === undefined) this.#released.set(bound.size, [bound.slot]);
    else runs.push(bound.slot);
  }

  #bind(series: Series, size: number): number {
    const key = keyOf(series.name, series.labels);
    const known = this.#bound.get(key);
    if (known !== undefined) return known.slot;
    const slot = this.#take(size);
    if (slot === 0) {
      this.values[this.#dropped] = (this.values[this.#dropped] as number) + 1;
      return 0;
    }
    this.#bound.set(key, { slot, size });
    this.#say({ ...series, slot });
    return slot;
  }

  /** 0: the page is full. */
  #take(size: number): number {
    if (this.#free + size <= this.values.length) {
      this.#free += size;
      return this.#free - size;
    }
    const slot = this.#released.get(size)?.shift() ?? 0;
    if (slot > 0) this.values.fill(0, slot, slot + size);
    return slot;
  }

  #say(series: Series): void {
    if (this.#unannounced.push(series) === 1) queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    const series = this.#unannounced;
    this.#unannounced = [];
    this.#announce(series);
  }
}

function keyOf(name: FamilyName, labels: Labels): string {
  return `${name}\0${JSON.stringify(labels)}`;
}
