// SPDX-License-Identifier: Apache-2.0

/**
 * Adds up the pages of all workers.
 *
 * Which slots make up a sample is worked out when a series is announced, not at each scrape: a scrape adds numbers and
 * allocates one object per sample, for one family at a time. The labels of a sample are the same object each time.
 */
import { boundsOf, FAMILIES, type FamilyName } from './families.ts';
import { MethodBudget, OTHER } from './method-budget.ts';
import { HISTOGRAM_SLOTS, type Labels, type Series } from './worker-metrics.ts';

/** As Prometheus shows it: `buckets` are cumulative, one per bound and one for `+Inf`. */
export interface Histogram {
  readonly bounds: readonly number[];
  readonly buckets: readonly number[];
  readonly sum: number;
  readonly count: number;
}

export interface MetricSample {
  readonly labels: Labels;
  readonly value: number | Histogram;
}

export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** Read when they are asked for. */
  readonly samples: readonly MetricSample[];
}

/** One sample: what it is made of. */
interface Sum {
  readonly labels: Labels;
  /** Made anew by each change: arrays that grow keep room for more, and there are thousands of them. */
  sources: readonly { readonly worker: number; readonly slot: number }[];
  /** Of workers that are gone; null: none. */
  base: number[] | null;
}

export class MetricsReader {
  readonly #pages = new Map<number, Float64Array>();
  readonly #families = new Map<FamilyName, Map<string, Sum>>();
  /** Families that are in no page. */
  readonly #computed = new Map<FamilyName, () => readonly MetricSample[]>();
  /** Workers may have seen different names: what is shown is bounded here. */
  readonly #budget = new MethodBudget();

  /** The samples of a family are what `read` answers, each time they are asked for; it has none in pages. */
  addComputed(name: FamilyName, read: () => readonly MetricSample[]): void {
    this.#computed.set(name, read);
  }

  /** Call once per worker, before its first `addSeries`. `worker`: any number that is never used again. */
  addPage(worker: number, buffer: SharedArrayBuffer): void {
    this.#pages.set(worker, new Float64Array(buffer));
  }

  addSeries(worker: number, series: readonly Series[]): void {
    if (!this.#pages.has(worker)) return;
    for (const one of series) {
      if (one.note === 'gone') this.#remove(worker, one);
      else this.#add(worker, one);
    }
  }

  /** The worker is gone: its counters stay, its gauges and its page are forgotten. */
  retirePage(worker: number): void {
    const page = this.#pages.get(worker);
    if (page === undefined) return;
    for (const [name, sums] of this.#families) {
      const isGauge = FAMILIES[name].type === 'gauge';
      for (const [key, sum] of sums) {
        const kept = sum.sources.filter(source => source.worker !== worker);
        if (kept.length === sum.sources.length) continue;
        if (!isGauge) sum.base = add(sum.base, page, sum.sources, worker, sizeOf(name));
        sum.sources = kept;
        if (sum.base === null && kept.length === 0) sums.delete(key);
      }
    }
    this.#pages.delete(worker);
  }

  /** Families in the order of the catalogue; of those in pages the ones without series are left out. */
  read(): MetricFamily[] {
    const families: MetricFamily[] = [];
    for (const name of Object.keys(FAMILIES) as FamilyName[]) {
      const read = this.#computed.get(name) ?? this.#summed(name);
      if (read === undefined) continue;
      const { type, help } = FAMILIES[name];
      families.push({
        name,
        help,
        type,
        get samples() {
          return read();
        },
      });
    }
    return families;
  }

  /** undefined: no worker has a series of it. */
  #summed(name: FamilyName): (() => readonly MetricSample[]) | undefined {
    const sums = this.#families.get(name);
    return sums === undefined || sums.size === 0 ? undefined : () => this.#samples(sums, name);
  }

  #samples(sums: ReadonlyMap<string, Sum>, name: FamilyName): MetricSample[] {
    const size = sizeOf(name);
    const samples: MetricSample[] = [];
    for (const { labels, sources, base } of sums.values()) {
      const numbers = base === null ? new Array<number>(size).fill(0) : [...base];
      for (const { worker, slot } of sources) {
        const page = this.#pages.get(worker);
        for (let at = 0; at < size; at++) numbers[at] = (numbers[at] as number) + (page?.[slot + at] ?? 0);
      }
      samples.push({ labels, value: sampleValue(numbers, boundsOf(name)) });
    }
    return samples;
  }

  #add(worker: number, { name, labels, slot, note }: Series): void {
    const shown = note !== null && !this.#isShown(labels, note) ? { ...labels, ...OTHER } : labels;
    const key = JSON.stringify(shown);
    const sums = this.#families.get(name) ?? new Map<string, Sum>();
    this.#families.set(name, sums);
    const known = sums.get(key);
    if (known === undefined) sums.set(key, { labels: shown, sources: [{ worker, slot }], base: null });
    else known.sources = [...known.sources, { worker, slot }];
  }

  #isShown(labels: Labels, note: Series['note']): boolean {
    const { gateway = '', grpc_service: service = '', grpc_method: method = '' } = labels;
    const path = `/${service}/${method}`;
    return note === 'learned' ? this.#budget.admitLearned(gateway, path) : this.#budget.admitConfigured(gateway, path);
  }

  #remove(worker: number, { name, labels, slot }: Series): void {
    const sums = this.#families.get(name);
    const key = JSON.stringify(labels);
    const sum = sums?.get(key);
    if (sums === undefined || sum === undefined) return;
    const kept = sum.sources.filter(source => source.worker !== worker || source.slot !== slot);
    sum.sources = kept;
    if (kept.length === 0) sums.delete(key);
  }
}

function sizeOf(name: FamilyName): number {
  return FAMILIES[name].type === 'histogram' ? HISTOGRAM_SLOTS : 1;
}

function add(
  base: number[] | null,
  page: Float64Array,
  sources: Sum['sources'],
  worker: number,
  size: number,
): number[] {
  const numbers = base ?? new Array<number>(size).fill(0);
  for (const source of sources) {
    if (source.worker !== worker) continue;
    for (let at = 0; at < size; at++) numbers[at] = (numbers[at] as number) + (page[source.slot + at] ?? 0);
  }
  return numbers;
}

function sampleValue(numbers: readonly number[], bounds: readonly number[]): number | Histogram {
  if (numbers.length === 1) return numbers[0] ?? 0;
  const buckets: number[] = [];
  let count = 0;
  for (let at = 0; at < numbers.length - 1; at++) {
    count += numbers[at] as number;
    buckets.push(count);
  }
  return { bounds, buckets, sum: numbers.at(-1) ?? 0, count };
}
