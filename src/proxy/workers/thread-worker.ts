// SPDX-License-Identifier: Apache-2.0

import { Worker } from 'node:worker_threads';
import { type BindFailures, diffSnapshots, EMPTY_SNAPSHOT, type Snapshot } from '../../snapshot/index.ts';
import type { Clock, Timer } from '../clock.ts';
import type { SessionKey } from '../filters/index.ts';
import type { TicketSecrets } from '../listeners/index.ts';
import type { Log } from '../log.ts';
import type { Series } from '../metrics/index.ts';
import type { ReachChange } from '../upstream/reach-log.ts';
import type { Health } from '../upstream/usable-endpoints.ts';
import type { DataPlaneWorker, DrainReport } from './data-plane-worker.ts';
import type { WorkerDump } from './worker-dump.ts';
import type { FromWorker, ToWorker, WorkerData } from './worker-protocol.ts';
import type { WorkerSettings } from './worker-runtime.ts';

/** A thread that ended by itself is replaced after this, doubled each time in a row … */
const FIRST_RESTART_MS = 50;
/** … up to this … */
const MAX_RESTART_MS = 5_000;
/** … and from the beginning when it lasted this long. */
const STABLE_AFTER_MS = 60_000;
/** A thread that was told to end is ended by force after this. */
const CLOSE_TIMEOUT_MS = 2_000;

/** What a thread tells the main thread apart from answers. */
export interface ThreadHost {
  readonly log: Log;
  readonly clock: Clock;
  accessLog(lines: string): void;
  onReach(thread: number, change: ReachChange): void;
  /** What the threads say after `setDebug(true)`. */
  debug(message: string, fields: Readonly<Record<string, unknown>>): void;
  /** A thread began; its counters are in `page`. Called again when it is replaced. */
  onPage(thread: number, page: SharedArrayBuffer): void;
  onSeries(thread: number, series: readonly Series[]): void;
  /** A thread that took the place of another one could not bind some sockets: a new snapshot would try again. */
  onUnbound(): void;
  /** The thread is gone: its gauges mean nothing any more. */
  onGone(thread: number): void;
}

interface Waiting<T> {
  readonly sequence: number;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One worker thread and its replacements: a thread that crashes is logged, replaced, and given the last snapshot and
 * health again. What is waited for meanwhile is answered by the next thread.
 */
export class ThreadWorker implements DataPlaneWorker {
  readonly #index: number;
  /** For the next thread. */
  #settings: WorkerSettings;
  readonly #host: ThreadHost;
  #worker: Worker | null = null;
  /** What the thread holds once it has read its messages. */
  #sent: Snapshot = EMPTY_SNAPSHOT;
  #snapshot: Snapshot | null = null;
  #sequence = 0;
  #sessionKeys: readonly SessionKey[] = [];
  #isDebug = false;
  readonly #health = new Map<string, ReadonlyMap<string, Health>>();
  #applies: Waiting<BindFailures>[] = [];
  #dumps: Waiting<WorkerDump>[] = [];
  #stoppedListening: (() => void) | null = null;
  #drained: ((report: DrainReport) => void) | null = null;
  #started: (() => void) | null = null;
  #startedAtMs = 0;
  #restarts = 0;
  #restart: Timer | null = null;
  #closed = false;

  /** `index`: for logs. */
  constructor(index: number, settings: WorkerSettings, host: ThreadHost) {
    this.#index = index;
    this.#settings = settings;
    this.#host = host;
  }

  get isRunning(): boolean {
    return this.#worker !== null;
  }

  /** @throws Error when the thread cannot start. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#started = resolve;
      this.#spawn().once('error', reject);
    });
  }

  apply(snapshot: Snapshot): Promise<BindFailures> {
    this.#snapshot = snapshot;
    this.#sequence += 1;
    const sequence = this.#sequence;
    const applied = new Promise<BindFailures>((resolve, reject) => this.#applies.push({ sequence, resolve, reject }));
    this.#sendSnapshot();
    return applied;
  }

  setSessionKeys(keys: readonly SessionKey[]): void {
    this.#sessionKeys = keys;
    this.#post({ kind: 'session-keys', keys });
  }

  setHealth(cluster: string, health: ReadonlyMap<string, Health>): void {
    if (health.size === 0) this.#health.delete(cluster);
    else this.#health.set(cluster, health);
    this.#post({ kind: 'health', cluster, health });
  }

  setDebug(on: boolean): void {
    this.#isDebug = on;
    this.#post({ kind: 'debug', on });
  }

  rotateTickets(secrets: TicketSecrets): void {
    this.#settings = { ...this.#settings, ticketSecrets: secrets };
    this.#post({ kind: 'tickets', secrets });
  }

  stopListening(): Promise<void> {
    // A thread that fails now is not replaced: nobody should listen again.
    this.#closed = true;
    this.#restart?.cancel();
    if (this.#worker === null) return Promise.resolve();
    return new Promise(resolve => {
      this.#stoppedListening = resolve;
      this.#post({ kind: 'stop-listening' });
    });
  }

  drain(timeoutMs: number): Promise<DrainReport> {
    this.#closed = true;
    if (this.#worker === null) return Promise.resolve({ finished: 0, cut: 0 });
    return new Promise(resolve => {
      this.#drained = resolve;
      this.#post({ kind: 'drain', timeoutMs });
    });
  }

  dump(): Promise<WorkerDump> {
    this.#sequence += 1;
    const sequence = this.#sequence;
    const dumped = new Promise<WorkerDump>((resolve, reject) => this.#dumps.push({ sequence, resolve, reject }));
    this.#post({ kind: 'dump', sequence });
    return dumped;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#restart?.cancel();
    const worker = this.#worker;
    if (worker === null) return;
    const gone = new Promise<void>(resolve => worker.once('exit', () => resolve()));
    this.#post({ kind: 'close' });
    const force = this.#host.clock.after(CLOSE_TIMEOUT_MS, () => void worker.terminate());
    await gone;
    force.cancel();
  }

  #spawn(): Worker {
    // Type stripping runs the .ts file in a checkout, the build has a .js file of the same name.
    const file = import.meta.url.endsWith('.ts') ? './worker-thread.ts' : './worker-thread.js';
    const data: WorkerData = { settings: this.#settings };
    const worker = new Worker(new URL(file, import.meta.url), { workerData: data, name: `daemun-${this.#index}` });
    this.#worker = worker;
    this.#sent = EMPTY_SNAPSHOT;
    this.#startedAtMs = this.#host.clock.nowMs();
    // The worker forgets its id when it ends.
    const thread = worker.threadId;
    worker.on('message', (message: FromWorker) => this.#onMessage(thread, message));
    worker.on('error', error => this.#host.log.error('worker crashed', { worker: this.#index, error: error.stack }));
    worker.on('exit', code => this.#onExit(thread, code));
    return worker;
  }

  #post(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }

  #sendSnapshot(): void {
    const snapshot = this.#snapshot;
    if (this.#worker === null || snapshot === null) return;
    this.#post({ kind: 'apply', sequence: this.#sequence, delta: diffSnapshots(this.#sent, snapshot) });
    this.#sent = snapshot;
  }

  #onMessage(thread: number, message: FromWorker): void {
    switch (message.kind) {
      case 'started':
        this.#host.onPage(thread, message.metrics);
        this.#started?.();
        break;
      case 'applied':
        if (message.failures.size > 0 && !this.#applies.some(({ sequence }) => sequence <= message.sequence)) {
          this.#host.onUnbound();
        }
        this.#applies = settle(this.#applies, message.sequence, entry => entry.resolve(message.failures));
        break;
      case 'apply-failed':
        this.#applies = settle(this.#applies, message.sequence, entry => entry.reject(new Error(message.error)));
        break;
      case 'dumped':
        this.#dumps = settle(this.#dumps, message.sequence, entry => entry.resolve(message.dump));
        break;
      case 'stopped-listening':
        this.#stoppedListening?.();
        break;
      case 'drained':
        this.#onDrained(message.report);
        break;
      case 'series':
        this.#host.onSeries(thread, message.series);
        break;
      case 'access-log':
        this.#host.accessLog(message.lines);
        break;
      case 'reach':
        this.#host.onReach(thread, message.change);
        break;
      case 'log':
        if (message.level === 'debug') this.#host.debug(message.message, message.fields);
        else this.#host.log[message.level](message.message, message.fields);
        break;
    }
  }

  #onDrained(report: DrainReport): void {
    this.#drained?.(report);
    this.#drained = null;
  }

  #onExit(thread: number, code: number): void {
    this.#host.onGone(thread);
    this.#worker = null;
    this.#stoppedListening?.();
    // Nobody is left to answer: what it did not finish is gone with it.
    this.#onDrained({ finished: 0, cut: 0 });
    if (this.#closed) return;
    const { clock, log } = this.#host;
    if (clock.nowMs() - this.#startedAtMs >= STABLE_AFTER_MS) this.#restarts = 0;
    const waitMs = Math.min(MAX_RESTART_MS, FIRST_RESTART_MS * 2 ** this.#restarts);
    this.#restarts += 1;
    log.error('worker ended; another one takes its place', { worker: this.#index, code, inMs: waitMs });
    this.#restart = clock.after(waitMs, () => this.#replace());
  }

  #replace(): void {
    this.#spawn();
    this.#post({ kind: 'session-keys', keys: this.#sessionKeys });
    this.#sequence += 1;
    this.#sendSnapshot();
    this.#post({ kind: 'debug', on: this.#isDebug });
    for (const [cluster, health] of this.#health) this.#post({ kind: 'health', cluster, health });
    for (const { sequence } of this.#dumps) this.#post({ kind: 'dump', sequence });
  }
}

/** Answers everything up to `sequence`; the rest goes on waiting. */
function settle<T>(
  waiting: readonly Waiting<T>[],
  sequence: number,
  answer: (entry: Waiting<T>) => void,
): Waiting<T>[] {
  for (const entry of waiting) if (entry.sequence <= sequence) answer(entry);
  return waiting.filter(entry => entry.sequence > sequence);
}
