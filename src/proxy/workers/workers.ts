// SPDX-License-Identifier: Apache-2.0

import type { BindFailures, Snapshot } from '../../snapshot/index.ts';
import type { DataPlaneOptions } from '../data-plane-options.ts';
import type { ReachLog } from '../discovery/index.ts';
import type { SessionKey } from '../filters/index.ts';
import { sharedPorts } from '../io/index.ts';
import type { TicketSecrets } from '../listeners/index.ts';
import type { MetricsReader } from '../metrics/index.ts';
import type { Health } from '../upstream/index.ts';
import type { DataPlaneWorker, DrainReport } from './data-plane-worker.ts';
import {
  connectionsPerWorker,
  descriptorLimit,
  endpointConnectionsPerWorker,
  leastDescriptors,
} from './descriptor-limit.ts';
import { HeapRelief, NOTHING_CHARGED } from './heap-relief.ts';
import { LocalWorker } from './local-worker.ts';
import { canReusePort } from './port-claims.ts';
import { SharedDeltas } from './shared-deltas.ts';
import { ThreadHeap } from './thread-heap.ts';
import type { ThreadHost } from './thread-host.ts';
import { ThreadWorker } from './thread-worker.ts';
import type { WorkerDump } from './worker-dump.ts';
import { WorkerRuntime, type WorkerSettings } from './worker-runtime.ts';
import { restoreYoungRoom } from './young-room.ts';

/** The page of counters of the one worker in this thread. Page numbers of threads are their ids, from 1 too. */
const LOCAL_PAGE = 1;

/** Where workers tell what they count and notice. */
export interface WorkersParts {
  readonly reader: MetricsReader;
  readonly reach: ReachLog;
}

/** How the workers are. */
export interface WorkerCount {
  readonly running: number;
  readonly wanted: number;
  /** Those that ended by themselves and were replaced, since the start. */
  readonly ended: number;
  /** When the last of them ended, of the wall clock; null: none did. */
  readonly endedAtMs: number | null;
  /** How often one could not take up what it was given, since the start. */
  readonly refusals: number;
}

/** What a drain came to in all workers. */
export interface PlaneDrainReport extends DrainReport {
  /** Workers that ended, or did not answer, before they could tell: what they had in progress was cut. */
  readonly lost: number;
}

/** All workers of a data plane, spoken to as one. `start` first, `close` last. */
export class Workers {
  readonly #options: DataPlaneOptions;
  readonly #parts: WorkersParts;
  #all: readonly DataPlaneWorker[] = [];
  #sharePorts = false;
  #ended = 0;
  #endedAtMs: number | null = null;
  #refusals = 0;
  readonly #deltas = new SharedDeltas();
  /** Of this thread; a local worker has its own. */
  #relief: HeapRelief | null = null;

  constructor(options: DataPlaneOptions, parts: WorkersParts) {
    this.#options = options;
    this.#parts = parts;
  }

  /** Sockets are bound with SO_REUSEPORT: several workers have the same port, and so may another process. */
  get sharePorts(): boolean {
    return this.#sharePorts;
  }

  get count(): WorkerCount {
    const running = this.#all.filter(worker => worker.isRunning).length;
    return {
      running,
      wanted: this.#all.length,
      ended: this.#ended,
      endedAtMs: this.#endedAtMs,
      refusals: this.#refusals,
    };
  }

  /** @throws Error when a worker thread cannot start. */
  async start(ticketSecrets: TicketSecrets): Promise<void> {
    const { workers: wanted, log } = this.#options;
    // One worker shares ports too: with the process that takes its place in an upgrade.
    this.#sharePorts = await canReusePort();
    const several = wanted > 1 && this.#sharePorts;
    if (wanted > 1 && !several) log.warn('this system cannot share a port between workers: one worker is used');
    const count = several ? wanted : Math.min(wanted, 1);
    const settings = this.#settings(Math.max(1, count), ticketSecrets);
    this.#all = count === 0 ? [this.#localWorker(settings)] : this.#threads(count, settings);
    if (count > 0) this.#relief = new HeapRelief(new ThreadHeap(), this.#options.clock, NOTHING_CHARGED);
    await Promise.all(this.#all.map(worker => worker.start()));
  }

  /** Resolves when every worker could serve `snapshot`; opens no port. */
  async prepare(snapshot: Snapshot): Promise<void> {
    const prepared = Promise.all(this.#all.map(worker => worker.prepare(snapshot)));
    this.#deltas.forget();
    await prepared;
  }

  /** Resolves when every worker serves `snapshot`, with what each could not bind. */
  apply(snapshot: Snapshot): Promise<BindFailures[]> {
    const applied = Promise.all(this.#all.map(worker => worker.apply(snapshot)));
    this.#deltas.forget();
    return applied;
  }

  setSessionKeys(keys: readonly SessionKey[]): void {
    for (const worker of this.#all) worker.setSessionKeys(keys);
  }

  setHealth(cluster: string, health: ReadonlyMap<string, Health>): void {
    for (const worker of this.#all) worker.setHealth(cluster, health);
  }

  setDebug(on: boolean): void {
    for (const worker of this.#all) worker.setDebug(on);
  }

  rotateTickets(secrets: TicketSecrets): void {
    for (const worker of this.#all) worker.rotateTickets(secrets);
  }

  announceLeaving(): void {
    for (const worker of this.#all) worker.announceLeaving();
  }

  /** Stops accepting, tells clients to go elsewhere, and waits for requests until the drain timeout. */
  async drain(): Promise<PlaneDrainReport> {
    // Clients that are told come back at once: by then no worker of this process may be there to take them.
    await Promise.all(this.#all.map(worker => worker.stopListening()));
    const all = await Promise.all(this.#all.map(worker => worker.drain(this.#options.drainTimeoutMs)));
    const reports = all.filter(report => report !== null);
    return {
      finished: reports.reduce((sum, report) => sum + report.finished, 0),
      cut: reports.reduce((sum, report) => sum + report.cut, 0),
      lost: all.length - reports.length,
    };
  }

  dump(): Promise<WorkerDump[]> {
    return Promise.all(this.#all.map(worker => worker.dump()));
  }

  /** Ends them at once. Resolves soon, with how many do not end. */
  async close(): Promise<number> {
    this.#relief?.close();
    return stuckOf(await Promise.all(this.#all.map(worker => worker.close())));
  }

  /** As `close`, without asking first. */
  async terminate(): Promise<number> {
    this.#relief?.close();
    return stuckOf(await Promise.all(this.#all.map(worker => worker.terminate())));
  }

  #settings(workers: number, ticketSecrets: TicketSecrets): WorkerSettings {
    const { serverHeader, via, upstreamServiceTime, accessLog } = this.#options;
    const limit = descriptorLimit();
    const least = leastDescriptors(workers);
    if (limit < least)
      this.#options.log.warn('the limit of open files is low for so many workers', { limit, least, workers });
    return {
      serverHeader,
      via,
      upstreamServiceTime,
      accessLog: accessLog !== null,
      workers,
      reusePort: this.#sharePorts,
      maxConnections: connectionsPerWorker(limit, workers),
      maxEndpointConnections: endpointConnectionsPerWorker(limit, workers),
      ownPorts: sharedPorts(),
      ticketSecrets,
    };
  }

  #localWorker(settings: WorkerSettings): DataPlaneWorker {
    const { reader, reach } = this.#parts;
    const runtime = new WorkerRuntime(settings, {
      log: this.#options.log,
      clock: this.#options.clock,
      random: this.#options.random,
      accessLog: lines => this.#options.accessLog?.(lines),
      reach: change => reach.changed(LOCAL_PAGE, change),
      debug: (message, fields) => this.#options.debug?.(message, fields),
      series: series => reader.addSeries(LOCAL_PAGE, series),
    });
    reader.addPage(LOCAL_PAGE, runtime.metrics.buffer);
    return new LocalWorker(runtime);
  }

  #threads(count: number, settings: WorkerSettings): ThreadWorker[] {
    restoreYoungRoom();
    const { reader, reach } = this.#parts;
    const host: ThreadHost = {
      log: this.#options.log,
      clock: this.#options.clock,
      deltas: this.#deltas,
      accessLog: lines => this.#options.accessLog?.(lines),
      debug: (message, fields) => this.#options.debug?.(message, fields),
      onReach: (thread, change) => reach.changed(thread, change),
      onPage: (thread, page) => reader.addPage(thread, page),
      onSeries: (thread, series) => reader.addSeries(thread, series),
      onGone: thread => {
        reader.retirePage(thread);
        reach.forget(thread);
      },
      onUnbound: () => this.#options.onUnbound?.(),
      onEnded: () => {
        this.#ended += 1;
        this.#endedAtMs = this.#options.clock.wallMs();
      },
      onRefused: () => {
        this.#refusals += 1;
      },
    };
    return Array.from({ length: count }, (_, index) => new ThreadWorker(index, settings, host));
  }
}

function stuckOf(haveEnded: readonly boolean[]): number {
  return haveEnded.filter(hasEnded => !hasEnded).length;
}
