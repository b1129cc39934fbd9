// SPDX-License-Identifier: Apache-2.0

import type { Worker } from 'node:worker_threads';
import type { BindFailures, Snapshot } from '../../snapshot/index.ts';
import type { Timer } from '../../time/index.ts';
import type { SessionKey } from '../filters/index.ts';
import type { TicketSecrets } from '../listeners/index.ts';
import type { Health } from '../upstream/index.ts';
import { atLatest } from './at-latest.ts';
import type { DataPlaneWorker, DrainReport } from './data-plane-worker.ts';
import { newThread } from './new-thread.ts';
import { RestartPace } from './restart-pace.ts';
import { SnapshotFeed } from './snapshot-feed.ts';
import type { ThreadHost } from './thread-host.ts';
import { ThreadPulse } from './thread-pulse.ts';
import { linesTaken } from './untaken-lines.ts';
import { settle, type Waiting } from './waiting.ts';
import type { WorkerDump } from './worker-dump.ts';
import type { FromWorker, LineMessage, ToWorker } from './worker-protocol.ts';
import type { WorkerSettings } from './worker-runtime.ts';

/** A thread that was told to end is ended by force after this … */
const CLOSE_TIMEOUT_MS = 2_000;
/** … and is not waited for any longer after this: nothing in this process can end it. */
const FORCE_TIMEOUT_MS = 1_000;
/** A thread that is asked for something while the process stops has this much more time than it needs, then it is given up. */
const ANSWER_TIMEOUT_MS = 2_000;

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
  #pulse: ThreadPulse | null = null;
  /** Its lines that are on their way; null: it has not begun. */
  #untaken: SharedArrayBuffer | null = null;
  readonly #feed: SnapshotFeed;
  /** Of the last dump that was asked for. */
  #sequence = 0;
  #sessionKeys: readonly SessionKey[] = [];
  #isDebug = false;
  #isLeaving = false;
  readonly #health = new Map<string, ReadonlyMap<string, Health>>();
  #dumps: Waiting<WorkerDump>[] = [];
  #stoppedListening: (() => void) | null = null;
  #drained: ((report: DrainReport | null) => void) | null = null;
  #exited: Promise<void> = Promise.resolve();
  #started: (() => void) | null = null;
  readonly #pace = new RestartPace();
  #restart: Timer | null = null;
  #closed = false;
  /** It did not answer when it was told to drain. */
  #isLost = false;

  /** `index`: for logs. */
  constructor(index: number, settings: WorkerSettings, host: ThreadHost) {
    this.#index = index;
    this.#settings = settings;
    this.#host = host;
    this.#feed = new SnapshotFeed({
      deltas: host.deltas,
      post: message => this.#post(message),
      onRefused: refusal => this.#onRefused(refusal),
      onUnserved: () => host.onUnbound(),
    });
  }

  get isRunning(): boolean {
    return this.#worker !== null;
  }

  /** @throws Error when the thread cannot start. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#started = resolve;
      this.#spawn().once('error', reject);
      this.#feed.begin();
    });
  }

  async prepare(snapshot: Snapshot): Promise<void> {
    await this.#feed.give(snapshot, 'as-they-are');
  }

  apply(snapshot: Snapshot): Promise<BindFailures> {
    return this.#feed.give(snapshot, 'open');
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

  announceLeaving(): void {
    this.#isLeaving = true;
    this.#post({ kind: 'leaving' });
  }

  stopListening(): Promise<void> {
    this.#leave();
    if (this.#worker === null) return Promise.resolve();
    const stopped = new Promise<void>(resolve => {
      this.#stoppedListening = resolve;
      this.#post({ kind: 'stop-listening' });
    });
    return this.#atLatest(ANSWER_TIMEOUT_MS, stopped, undefined);
  }

  async drain(timeoutMs: number): Promise<DrainReport | null> {
    this.#leave();
    if (this.#worker === null) return { finished: 0, cut: 0 };
    const drained = new Promise<DrainReport | null>(resolve => {
      this.#drained = resolve;
      this.#post({ kind: 'drain', timeoutMs });
    });
    const report = await this.#atLatest(timeoutMs + ANSWER_TIMEOUT_MS, drained, null);
    this.#isLost = report === null;
    return report;
  }

  dump(): Promise<WorkerDump> {
    this.#sequence += 1;
    const sequence = this.#sequence;
    const dumped = new Promise<WorkerDump>((resolve, reject) => this.#dumps.push({ sequence, resolve, reject }));
    this.#post({ kind: 'dump', sequence });
    return dumped;
  }

  async close(): Promise<boolean> {
    this.#leave();
    if (this.#worker === null) return true;
    if (this.#isLost) return this.terminate();
    this.#post({ kind: 'close' });
    const exited = this.#exited.then(() => true);
    return (await this.#atLatest(CLOSE_TIMEOUT_MS, exited, false)) || this.terminate();
  }

  async terminate(): Promise<boolean> {
    this.#leave();
    const worker = this.#worker;
    if (worker === null) return true;
    void worker.terminate();
    const exited = this.#exited.then(() => true);
    const hasEnded = await this.#atLatest(FORCE_TIMEOUT_MS, exited, false);
    if (!hasEnded) this.#host.log.error('a worker does not end, whatever is done', { worker: this.#index });
    return hasEnded;
  }

  /** A thread that fails from now on is not replaced: nobody should listen again. */
  #leave(): void {
    this.#closed = true;
    this.#restart?.cancel();
    this.#pulse?.close();
  }

  /** A thread that hangs must not keep the process. */
  #atLatest<T>(timeoutMs: number, answer: Promise<T>, otherwise: T): Promise<T> {
    return atLatest(this.#host.clock, timeoutMs, { answer, otherwise });
  }

  #spawn(): Worker {
    this.#pace.began(this.#host.clock.nowMs());
    const worker = newThread(`daemun-${this.#index}`, this.#settings, this.#host.entry);
    this.#worker = worker;
    // The worker forgets its id when it ends.
    const thread = worker.threadId;
    worker.on('message', (message: FromWorker) => this.#onMessage(thread, message));
    worker.on('error', error => this.#host.log.error('worker crashed', { worker: this.#index, error: error.stack }));
    this.#exited = new Promise(resolve => worker.once('exit', () => resolve()));
    worker.on('exit', code => this.#onExit(thread, code));
    return worker;
  }

  #post(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }

  #onRefused({ error, wasWhole }: { readonly error: string; readonly wasWhole: boolean }): void {
    const what = wasWhole
      ? 'a worker could not take up all there is; what it serves goes on'
      : 'a worker could not take up a change; it is given all there is';
    this.#host.log.error(what, { worker: this.#index, error });
    this.#host.onRefused();
  }

  #onMessage(thread: number, message: FromWorker): void {
    switch (message.kind) {
      case 'started':
        this.#untaken = message.untaken;
        if (this.#worker !== null && !this.#closed)
          this.#pulse = new ThreadPulse(this.#worker, this.#index, this.#host);
        this.#host.onPage(thread, message.metrics);
        this.#started?.();
        break;
      case 'applied':
        this.#feed.served(message.sequence, message.failures);
        break;
      case 'apply-failed':
        this.#feed.failed(message.sequence, new Error(message.error));
        break;
      case 'refused':
        this.#feed.refused(message.sequence, message.error);
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
      case 'pulse':
        this.#pulse?.answered();
        break;
      case 'series':
        this.#host.onSeries(thread, message.series);
        break;
      case 'reach':
        this.#host.onReach(thread, message.change);
        break;
      case 'access-log':
      case 'log':
        if (this.#untaken !== null) linesTaken(this.#untaken, message);
        this.#write(message);
        break;
    }
  }

  #write(message: LineMessage): void {
    const host = this.#host;
    if (message.kind === 'access-log') host.accessLog(message.lines);
    else if (message.level === 'debug') host.debug(message.message, message.fields);
    else host.log[message.level](message.message, message.fields);
  }

  #onDrained(report: DrainReport | null): void {
    this.#drained?.(report);
    this.#drained = null;
  }

  #onExit(thread: number, code: number): void {
    this.#host.onGone(thread);
    this.#pulse?.close();
    this.#worker = null;
    this.#feed.end();
    this.#stoppedListening?.();
    // Nobody is left to answer: what it did not finish is gone with it.
    this.#onDrained(null);
    if (this.#closed) return;
    this.#host.onEnded();
    this.#replaceLater('worker ended; another one takes its place', { code });
  }

  #replaceLater(why: string, fields: Readonly<Record<string, unknown>>): void {
    const { clock, log } = this.#host;
    const waitMs = this.#pace.ended(clock.nowMs());
    log.error(why, { worker: this.#index, ...fields, inMs: waitMs });
    this.#restart = clock.after(waitMs, () => this.#replace());
  }

  #replace(): void {
    try {
      this.#spawn();
    } catch (error) {
      // The system has no room for a thread now: other workers go on, and there may be room later.
      this.#replaceLater('a worker thread cannot be started; it is tried again', { error: String(error) });
      return;
    }
    this.#post({ kind: 'session-keys', keys: this.#sessionKeys });
    this.#feed.begin();
    // No other thread begins with nothing now.
    this.#host.deltas.forget();
    this.#post({ kind: 'debug', on: this.#isDebug });
    if (this.#isLeaving) this.#post({ kind: 'leaving' });
    for (const [cluster, health] of this.#health) this.#post({ kind: 'health', cluster, health });
    for (const { sequence } of this.#dumps) this.#post({ kind: 'dump', sequence });
  }
}
