// SPDX-License-Identifier: Apache-2.0

/** One metric with its samples, as the data plane and the controller report them. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly samples: readonly MetricSample[];
}

export interface MetricSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | HistogramValue;
}

export interface HistogramValue {
  /** Upper bounds, growing, without +Inf. */
  readonly bounds: readonly number[];
  /** Cumulative: one per bound, and one for +Inf. */
  readonly buckets: readonly number[];
  readonly sum: number;
  readonly count: number;
}
