// SPDX-License-Identifier: Apache-2.0
import type { MetricFamily } from '../../admin/index.ts';
import type { Finding, Severity } from '../../errors/index.ts';

const BOUNDS_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5];
const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];

/** Counts reloads, for `/metrics`. */
export class ReloadMetrics {
  readonly #buckets = new Array<number>(BOUNDS_SECONDS.length + 1).fill(0);
  #sumSeconds = 0;
  #succeeded = 0;
  #failed = 0;
  #lastSuccessSeconds = 0;
  #findings: readonly Finding[] = [];

  /** `translateMs`: how long translation took; `nowMs`: wall clock. */
  succeeded(translateMs: number, findings: readonly Finding[], nowMs: number): void {
    this.#succeeded++;
    this.#findings = findings;
    this.#lastSuccessSeconds = nowMs / 1000;
    const seconds = translateMs / 1000;
    this.#sumSeconds += seconds;
    BOUNDS_SECONDS.forEach((bound, index) => {
      if (seconds <= bound) this.#buckets[index] = (this.#buckets[index] ?? 0) + 1;
    });
    this.#buckets[BOUNDS_SECONDS.length] = this.#succeeded;
  }

  failed(): void {
    this.#failed++;
  }

  read(): MetricFamily[] {
    return [
      {
        name: 'daemun_config_reloads_total',
        help: 'Reloads of the configuration, by result.',
        type: 'counter',
        samples: [
          { labels: { result: 'success' }, value: this.#succeeded },
          { labels: { result: 'failure' }, value: this.#failed },
        ],
      },
      {
        name: 'daemun_config_translate_seconds',
        help: 'Time to translate the resources into what the data plane does.',
        type: 'histogram',
        samples: [
          {
            labels: {},
            value: {
              bounds: BOUNDS_SECONDS,
              buckets: [...this.#buckets],
              sum: this.#sumSeconds,
              count: this.#succeeded,
            },
          },
        ],
      },
      {
        name: 'daemun_config_last_reload_success_timestamp_seconds',
        help: 'When the configuration was last reloaded, seconds since the epoch.',
        type: 'gauge',
        samples: [{ labels: {}, value: this.#lastSuccessSeconds }],
      },
      {
        name: 'daemun_findings',
        help: 'Findings about the resources, by severity.',
        type: 'gauge',
        samples: SEVERITIES.map(severity => ({
          labels: { severity },
          value: this.#findings.filter(finding => finding.severity === severity).length,
        })),
      },
    ];
  }
}
