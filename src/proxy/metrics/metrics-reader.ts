// SPDX-License-Identifier: Apache-2.0

import { FAMILIES, type FamilyName, HISTOGRAM_BOUNDS_SECONDS } from './families.ts';
import type { Labels, Series } from './worker-metrics.ts';

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
  readonly samples: readonly MetricSample[];
}

interface Page {
  readonly values: Float64Array;
  readonly series: Series[];
}

/** Adds up the pages of all workers. A page stays after its worker is gone: counters never go back. */
export class MetricsReader {
  readonly #pages = new Map<number, Page>();

  /** Call once per worker, before its first `addSeries`. `worker`: any number that is never used again. */
  addPage(worker: number, buffer: SharedArrayBuffer): void {
    this.#pages.set(worker, { values: new Float64Array(buffer), series: [] });
  }

  addSeries(worker: number, series: readonly Series[]): void {
    this.#pages.get(worker)?.series.push(...series);
  }

  /** The worker is gone: its counters stay, its gauges are forgotten. */
  retirePage(worker: number): void {
    const page = this.#pages.get(worker);
    if (page === undefined) return;
    const counters = page.series.filter(series => FAMILIES[series.name].type !== 'gauge');
    this.#pages.set(worker, { values: page.values, series: counters });
  }

  /** Families in the order of the catalogue; those without series are left out. */
  read(): MetricFamily[] {
    const sums = new Map<FamilyName, Map<string, { labels: Labels; numbers: number[] }>>();
    for (const page of this.#pages.values()) for (const series of page.series) addTo(sums, series, page.values);
    const families: MetricFamily[] = [];
    for (const name of Object.keys(FAMILIES) as FamilyName[]) {
      const family = sums.get(name);
      if (family === undefined) continue;
      const { type, help } = FAMILIES[name];
      const samples = [...family.values()].map(({ labels, numbers }) => ({ labels, value: sampleValue(numbers) }));
      families.push({ name, help, type, samples });
    }
    return families;
  }
}

function addTo(
  sums: Map<FamilyName, Map<string, { labels: Labels; numbers: number[] }>>,
  series: Series,
  values: Float64Array,
): void {
  const family = sums.get(series.name) ?? new Map<string, { labels: Labels; numbers: number[] }>();
  sums.set(series.name, family);
  const size = FAMILIES[series.name].type === 'histogram' ? HISTOGRAM_BOUNDS_SECONDS.length + 2 : 1;
  const key = JSON.stringify(series.labels);
  const sum = family.get(key) ?? { labels: series.labels, numbers: new Array<number>(size).fill(0) };
  family.set(key, sum);
  for (let at = 0; at < size; at++) sum.numbers[at] = (sum.numbers[at] ?? 0) + (values[series.slot + at] ?? 0);
}

function sampleValue(numbers: readonly number[]): number | Histogram {
  if (numbers.length === 1) return numbers[0] ?? 0;
  const buckets: number[] = [];
  let count = 0;
  for (const bucket of numbers.slice(0, -1)) {
    count += bucket;
    buckets.push(count);
  }
  return { bounds: HISTOGRAM_BOUNDS_SECONDS, buckets, sum: numbers.at(-1) ?? 0, count };
}
