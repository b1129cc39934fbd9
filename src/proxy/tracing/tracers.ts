// SPDX-License-Identifier: Apache-2.0

import { requestListeners, type Snapshot, type Tracing } from '../../snapshot/index.ts';
import { type ExportEnvironment, SPAN_OUTCOMES, SpanExporter } from './span-exporter.ts';
import { SpanWriter } from './span-writer.ts';
import { TraceIds } from './trace-ids.ts';
import { Tracer } from './tracer.ts';

/** All tracing of one worker. Owns the exporters. */
export class Tracers {
  readonly #environment: ExportEnvironment;
  readonly #ids: TraceIds = new TraceIds();
  readonly #writer: SpanWriter = new SpanWriter();
  readonly #compiled = new WeakMap<Tracing, Tracer>();
  /** Listeners of one service and collector share one, and it outlives changes of all else. */
  readonly #exporters = new Map<string, SpanExporter>();
  /** Those that have spans: what no listener is traced by any more sends its last ones. */
  readonly #holding = new Set<SpanExporter>();
  /** Collectors that listeners were traced by, with series. What became of the last spans is shown until the next change. */
  readonly #left = new Set<string>();

  constructor(environment: Omit<ExportEnvironment, 'use' | 'onHolding' | 'onLateCount'>) {
    const onHolding = (exporter: SpanExporter, isHolding: boolean): void => {
      if (isHolding) this.#holding.add(exporter);
      else this.#holding.delete(exporter);
    };
    const onLateCount = ({ collector }: SpanExporter): void => void this.#left.add(collector);
    this.#environment = { ...environment, use: { bytes: 0 }, onHolding, onLateCount };
  }

  /** What requests of a listener are traced by; null: they are not. */
  tracerOf(tracing: Tracing | null): Tracer | null {
    if (tracing === null) return null;
    const known = this.#compiled.get(tracing);
    if (known?.exporter.isRetired === false) return known;
    const { random } = this.#environment;
    const parts = { random, ids: this.#ids, writer: this.#writer, exporter: this.#exporterOf(tracing) };
    const tracer = new Tracer(tracing, parts);
    this.#compiled.set(tracing, tracer);
    return tracer;
  }

  /** Call it before clusters of a snapshot come and go: what nobody is told any more is sent now. */
  retain({ bindings }: Pick<Snapshot, 'bindings'>): void {
    this.#releaseSeries();
    if (this.#exporters.size === 0) return;
    const used = new Set<string>();
    for (const { listeners } of bindings)
      for (const { tracing } of requestListeners(listeners)) if (tracing !== null) used.add(keyOf(tracing));
    for (const [key, exporter] of this.#exporters) {
      if (used.has(key)) continue;
      this.#exporters.delete(key);
      exporter.isRetired = true;
      void exporter.flush();
      this.#left.add(exporter.collector);
    }
  }

  /** Resolves when all spans are sent, or cannot be. */
  async flush(): Promise<void> {
    await Promise.all(Array.from(this.#holding, exporter => exporter.flush()));
  }

  close(): void {
    for (const exporter of this.#holding) exporter.close();
    this.#exporters.clear();
  }

  /** Of collectors that get no spans any more. */
  #releaseSeries(): void {
    if (this.#left.size === 0) return;
    const { metrics } = this.#environment;
    const told = new Set(Array.from([...this.#exporters.values(), ...this.#holding], ({ collector }) => collector));
    for (const cluster of this.#left) {
      if (told.has(cluster)) continue;
      this.#left.delete(cluster);
      for (const outcome of SPAN_OUTCOMES) metrics.release('daemun_trace_spans_total', { cluster, outcome });
    }
  }

  #exporterOf(tracing: Tracing): SpanExporter {
    const key = keyOf(tracing);
    const known = this.#exporters.get(key);
    if (known !== undefined) return known;
    const exporter = new SpanExporter(tracing, this.#environment);
    this.#exporters.set(key, exporter);
    return exporter;
  }
}

function keyOf({ collector, service }: Tracing): string {
  return JSON.stringify([collector, service]);
}
