// SPDX-License-Identifier: Apache-2.0

/**
 * The spans of one service on their way to one collector, of one worker. Requests never wait for it: a span that there is no room for is
 * dropped and counted.
 *
 *     filling ──full──► waiting in line ──► sent, one batch at a time ──taken──► gone
 *        │                    ▲                ▲ ├──later──► a pause, then again, five times in all
 *        │                    └────────────────┼─┘──refused──► dropped
 *        └──a second old, and nobody in line───┘
 */
import type { Tracing } from '../../snapshot/index.ts';
import type { Clock, Random } from '../../time/index.ts';
import type { HeaderListPool } from '../../wire/index.ts';
import type { BodyMemory, MemoryBudget, SocketLoop, WheelTimer } from '../io/index.ts';
import type { RateLimitedLog } from '../log/index.ts';
import type { WorkerMetrics } from '../metrics/index.ts';
import { type CallOwner, type ClusterPool, type WholeAnswer, WholeCall } from '../upstream/index.ts';
import { type CollectorProtocol, type ExportVerdict, protocolOf } from './collector-protocol.ts';
import { ExportEnvelope } from './otlp-messages.ts';
import { MAX_BATCH_BYTES, SpanBatch } from './span-batch.ts';

/** A batch is sent when it is this old, whatever is in it. */
const BATCH_MS = 1_000;
/** Held by all spans of one worker that wait, in bytes of memory: some ten thousand. Over it new ones are dropped. */
const MAX_SPAN_BYTES = 8_388_608;
/** One collector's part of that: a dead one leaves room for others. */
const MAX_SHARE = 1 / 2;
/** After so many calls a batch is given up. */
const MAX_TRIES = 5;
/** A collector that has not answered by then counts as silent (OTLP's own default). */
const EXPORT_TIMEOUT_MS = 10_000;
/** Before the second try; it doubles up to the longest. A collector may ask for a pause of its own, up to the longest that is granted. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_ASKED_MS = 300_000;

/** What exporters of one worker share. */
export interface ExportEnvironment {
  readonly loop: SocketLoop;
  readonly clock: Clock;
  readonly random: Random;
  readonly upstreams: { cluster(id: string): ClusterPool | undefined };
  readonly lists: HeaderListPool;
  readonly metrics: WorkerMetrics;
  readonly memory: MemoryBudget;
  readonly bodies: BodyMemory;
  readonly log: RateLimitedLog;
  /** Bytes that all of them hold. */
  readonly use: { bytes: number };
  /** An exporter that held nothing holds spans now, or the other way round. */
  onHolding(exporter: SpanExporter, isHolding: boolean): void;
  /** A retired one has counted: its series may be there again. */
  onLateCount(exporter: SpanExporter): void;
}

/** What becomes of spans, for `daemun_trace_spans_total`. */
export const SPAN_OUTCOMES = ['exported', 'rejected', 'refused', 'undelivered', 'queue_full', 'too_large'] as const;
type SpanOutcome = (typeof SPAN_OUTCOMES)[number];

export class SpanExporter implements WheelTimer, CallOwner {
  readonly client = null;
  readonly isApart = false;
  readonly timeoutMs = EXPORT_TIMEOUT_MS;
  readonly environment: ExportEnvironment;
  wheelNext: WheelTimer | null = null;
  wheelPrevious: WheelTimer | null = null;
  wheelTick = 0;
  /** No listener is traced by it any more; requests that began before may be. */
  isRetired = false;
  /** Id of the cluster. */
  readonly collector: string;
  readonly #protocol: CollectorProtocol;
  readonly #envelope: ExportEnvelope;
  #cluster: ClusterPool | undefined;
  #filling: SpanBatch | null = null;
  readonly #line: SpanBatch[] = [];
  /** Under way; it is the first of the line no more. */
  #sent: { readonly batch: SpanBatch; readonly call: WholeCall } | null = null;
  #failures = 0;
  /** No call before that. */
  #pausedUntilMs = 0;
  #heldBytes = 0;
  /** When what is filling is sent, full or not. */
  #dueMs = 0;
  #epochOffsetMs = 0;
  /** Where it is counted, as far as anything was: with a dead collector that is once a request. */
  readonly #slots: Partial<Record<SpanOutcome, number>> = {};
  #waiters: (() => void)[] = [];

  constructor({ collector, service }: Tracing, environment: ExportEnvironment) {
    this.environment = environment;
    this.collector = collector.cluster;
    this.#protocol = protocolOf(collector, environment.lists);
    this.#envelope = new ExportEnvelope(service);
  }

  /** Added to a time of the worker's clock gives milliseconds since the epoch. Read anew for each batch. */
  epochOffsetMs(): number {
    if (this.#filling === null) {
      const { clock } = this.environment;
      this.#epochOffsetMs = clock.wallMs() - clock.nowMs();
    }
    return this.#epochOffsetMs;
  }

  /** True when there is no room for another span, which is counted as dropped: it need not be encoded. */
  dropsNext(): boolean {
    if (this.#filling !== null || !this.#isFull()) return false;
    this.#count('queue_full', 1);
    return true;
  }

  /** Takes an encoded span, or drops it. It is copied. */
  add(span: Buffer): void {
    if (span.length > MAX_BATCH_BYTES) {
      this.#count('too_large', 1);
      return;
    }
    const isFull = this.#filling?.hasRoom(span.length) === false;
    if (isFull) this.#seal();
    const before = this.#filling?.cost ?? 0;
    const batch = this.#filling ?? this.#newBatch();
    batch?.add(span);
    // Not before it is copied: either may end other requests, whose spans are encoded in the memory of this one.
    if (batch === null) this.#count('queue_full', 1);
    else this.#charge(batch.cost - before);
    if (isFull) this.#send();
  }

  onTimer(): void {
    this.#send();
  }

  /** Sends what is there, pause or no pause. Resolves when all is sent, or one call was in vain. */
  flush(): Promise<void> {
    this.#seal();
    this.#pausedUntilMs = 0;
    this.#send();
    if (this.#sent === null) return Promise.resolve();
    return new Promise(resolve => this.#waiters.push(resolve));
  }

  /** Drops what is there. */
  close(): void {
    this.#sent?.call.cancel();
    this.#drop('undelivered', this.#sent?.batch);
    this.#sent = null;
    this.#drop('undelivered', this.#filling ?? undefined);
    this.#filling = null;
    this.#dropLine();
    this.environment.loop.connectionTimers.disarm(this);
  }

  answered(answer: WholeAnswer): void {
    this.#judged(this.#protocol.judge(answer));
  }

  unanswered(why: string): void {
    this.#judged({ kind: 'later', afterMs: null, why: `the collector ${why}` });
  }

  /** null: there is no room. It is not charged yet. */
  #newBatch(): SpanBatch | null {
    if (this.#isFull()) return null;
    const batch = new SpanBatch();
    this.#filling = batch;
    this.#dueMs = this.environment.loop.nowMs + BATCH_MS;
    this.#wakeAt(this.#dueMs);
    return batch;
  }

  #isFull(): boolean {
    return this.environment.use.bytes >= MAX_SPAN_BYTES || this.#heldBytes >= MAX_SPAN_BYTES * MAX_SHARE;
  }

  #seal(): void {
    if (this.#filling !== null) this.#line.push(this.#filling);
    this.#filling = null;
  }

  /** The next batch, if none is under way. One that is filling fills on until then: batches cost memory, even with few spans. */
  #send(): void {
    if (this.#sent !== null || (this.#line.length === 0 && this.#filling === null)) return;
    const { nowMs } = this.environment.loop;
    const nextMs = Math.max(this.#pausedUntilMs, this.#line.length > 0 ? 0 : this.#dueMs);
    if (nowMs < nextMs) {
      this.#wakeAt(nextMs);
      return;
    }
    if (this.#line.length === 0) this.#seal();
    const batch = this.#line.shift() as SpanBatch;
    this.#cluster = this.environment.upstreams.cluster(this.collector) ?? this.#cluster;
    batch.tries++;
    if (this.#cluster === undefined) {
      this.#drop('undelivered', batch);
      this.#send();
      return;
    }
    const request = this.#protocol.ask(this.#envelope.enclose(batch.encoded));
    this.#sent = { batch, call: new WholeCall(this.#cluster, request, this) };
    this.#sent.call.begin();
  }

  #judged(verdict: ExportVerdict): void {
    const batch = this.#sent?.batch;
    this.#sent = null;
    if (batch === undefined) return;
    switch (verdict.kind) {
      case 'taken':
        this.#taken(batch, verdict);
        break;
      case 'refused':
        this.#warn('the collector refuses spans', { why: verdict.why, spans: batch.spans });
        this.#drop('refused', batch);
        break;
      case 'later':
        this.#postpone(batch, verdict);
    }
    if (this.#line.length === 0 || verdict.kind === 'later') this.#release();
    this.#send();
  }

  #taken(batch: SpanBatch, { rejected, message }: Extract<ExportVerdict, { readonly kind: 'taken' }>): void {
    const lost = Math.min(rejected, batch.spans);
    this.#failures = 0;
    this.#count('exported', batch.spans - lost);
    if (lost > 0) this.#count('rejected', lost);
    this.#charge(-batch.cost);
    if (lost > 0 || message !== '') this.#warn('the collector rejects spans', { why: message, spans: lost });
  }

  #postpone(batch: SpanBatch, { afterMs, why }: Extract<ExportVerdict, { readonly kind: 'later' }>): void {
    const usual = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures);
    // Workers and replicas must not come back all at once.
    const jittered = usual * (0.5 + this.environment.random() / 2);
    const pauseMs = afterMs === null ? jittered : Math.min(afterMs, LONGEST_PAUSE_ASKED_MS);
    this.#failures++;
    this.#pausedUntilMs = this.environment.loop.nowMs + pauseMs;
    this.#warn('spans cannot be exported', { why, spans: batch.spans, again_ms: Math.round(pauseMs) });
    if (batch.tries < MAX_TRIES) {
      this.#line.unshift(batch);
      return;
    }
    // Nobody waits for a collector that no policy names.
    if (this.isRetired) this.#dropLine();
    this.#drop('undelivered', batch);
  }

  /** Those who wait for `flush`. */
  #release(): void {
    for (const resolve of this.#waiters.splice(0)) resolve();
  }

  /** At the earlier time, when it is to wake already. */
  #wakeAt(atMs: number): void {
    const { connectionTimers } = this.environment.loop;
    if (this.wheelNext !== null && this.wheelTick * connectionTimers.resolutionMs <= atMs) return;
    connectionTimers.arm(this, atMs);
  }

  #drop(outcome: SpanOutcome, batch: SpanBatch | undefined): void {
    if (batch === undefined) return;
    this.#count(outcome, batch.spans);
    this.#charge(-batch.cost);
  }

  #dropLine(): void {
    for (const batch of this.#line.splice(0)) this.#drop('undelivered', batch);
  }

  #count(outcome: SpanOutcome, spans: number): void {
    const { metrics } = this.environment;
    // Of a retired one the slot may be another's by now.
    const known = this.isRetired ? undefined : this.#slots[outcome];
    const slot = known ?? metrics.slot('daemun_trace_spans_total', { cluster: this.collector, outcome });
    this.#slots[outcome] = slot;
    metrics.values[slot] = (metrics.values[slot] as number) + spans;
    if (this.isRetired) this.environment.onLateCount(this);
  }

  #charge(bytes: number): void {
    const wasHolding = this.#heldBytes > 0;
    this.#heldBytes += bytes;
    this.environment.use.bytes += bytes;
    this.environment.memory.add(bytes);
    const isHolding = this.#heldBytes > 0;
    if (isHolding !== wasHolding) this.environment.onHolding(this, isHolding);
  }

  #warn(message: string, fields: Readonly<Record<string, unknown>>): void {
    this.environment.log.warn(`${message} ${this.collector}`, message, { collector: this.collector, ...fields });
  }
}
