// SPDX-License-Identifier: Apache-2.0

import { type BindFailures, EMPTY_SNAPSHOT, type Snapshot } from '../../snapshot/index.ts';
import type { Clock, Random } from '../../time/index.ts';
import { HeaderListPool, HeadMemory } from '../../wire/index.ts';
import { AccessLog } from '../access-log/index.ts';
import { macKey, type SessionKey } from '../filters/index.ts';
import { HttpDate, type Serving } from '../http/index.ts';
import { BodyMemory, MemoryBudget, OwnSockets, SocketLoop, workerBufferBytes } from '../io/index.ts';
import { Listeners, type PortsWanted, type TicketSecrets } from '../listeners/index.ts';
import { DebugLog, type Log, RateLimitedLog } from '../log/index.ts';
import { RuleMetrics, type Series, WorkerMetrics } from '../metrics/index.ts';
import { Tracers } from '../tracing/index.ts';
import {
  dialTcp,
  EndpointBudget,
  type Health,
  type ReachChange,
  UpstreamMetrics,
  UpstreamPools,
} from '../upstream/index.ts';
import { atLatest } from './at-latest.ts';
import type { DrainReport } from './data-plane-worker.ts';
import { HeapRelief } from './heap-relief.ts';
import { ServingHeap } from './thread-heap.ts';
import { dumpCluster, type WorkerDump } from './worker-dump.ts';

/** When all requests are over, their spans may take this long. */
const LAST_SPANS_MS = 1_000;

/** The same for all workers. Plain data: it is sent to threads. */
export interface WorkerSettings {
  /** Value of the `server` response field; null: none is added. */
  readonly serverHeader: string | null;
  readonly via: string | null;
  readonly upstreamServiceTime: boolean;
  /** Whether requests are logged. */
  readonly accessLog: boolean;
  /** How many share the memory of the process. */
  readonly workers: number;
  /** Other workers, or another process that takes this one's place, listen on the same ports. */
  readonly reusePort: boolean;
  /** Client connections that a worker may have open. */
  readonly maxConnections: number;
  /** See `ListenersOptions`. */
  readonly maxHandshakes?: number;
  /** As many to endpoints, without those that carry the stream of one client alone. */
  readonly maxEndpointConnections: number;
  /** See `OwnSockets`. */
  readonly ownPorts: SharedArrayBuffer;
  /** As they were when the data plane began; a rotation is sent. */
  readonly ticketSecrets: TicketSecrets;
}

/** Where a worker sends what it has to say. */
export interface WorkerHost {
  readonly log: Log;
  accessLog(lines: string): void;
  series(series: readonly Series[]): void;
  /** An endpoint was lost or found by this worker. Default: nobody hears. */
  reach?(change: ReachChange): void;
  /** What happens to single requests, after `setDebug(true)`. Default: nobody hears. */
  debug?(message: string, fields: Readonly<Record<string, unknown>>): void;
  /** Default: one on `clock`. Tests bring one whose wheels they turn. Closed by the runtime. */
  readonly loop?: SocketLoop;
  readonly clock: Clock;
  /** For balancers, weights, mirror shares and backoffs. */
  readonly random: Random;
}

/**
 * Everything of one worker: listeners, upstreams and what they share. Runs in a worker thread, or in the main thread for
 * `workers: 0`. Owns all of it; `close` ends it.
 */
export class WorkerRuntime {
  readonly metrics: WorkerMetrics;
  readonly #clock: Clock;
  readonly #loop: SocketLoop;
  readonly #upstreams: UpstreamPools;
  readonly #listeners: Listeners;
  readonly #accessLog: AccessLog | null;
  readonly #tracers: Tracers;
  readonly #relief: HeapRelief;
  readonly #serving: Serving;
  readonly #debug: DebugLog;
  /** What is served. */
  #snapshot: Snapshot = EMPTY_SNAPSHOT;
  /** The last one broke off midway: what is served is partly of it, and nothing can be left out of the next. */
  #isTorn = false;
  #failures: BindFailures = new Map();
  #ports: PortsWanted = 'as-they-are';

  constructor(settings: WorkerSettings, host: WorkerHost) {
    const { clock, random } = host;
    this.#clock = clock;
    this.#loop = host.loop ?? new SocketLoop(() => clock.nowMs());
    const lists = new HeaderListPool();
    const heads = new HeadMemory(lists);
    const log = new RateLimitedLog(host.log, clock);
    this.metrics = new WorkerMetrics(series => host.series(series));
    this.#accessLog = settings.accessLog ? new AccessLog(lines => host.accessLog(lines), clock) : null;
    this.#debug = new DebugLog((message, fields) => host.debug?.(message, fields), clock);
    const budget = new EndpointBudget(settings.maxEndpointConnections, { clock, metrics: this.metrics, log });
    const environment = {
      loop: this.#loop,
      lists,
      heads,
      clock: this.#loop.clock(clock),
      random,
      dial: dialTcp,
      budget,
    };
    const reach = (change: ReachChange): void => host.reach?.(change);
    const reports = { metrics: this.metrics, log, debug: this.#debug, reach };
    this.#upstreams = new UpstreamPools(environment, new UpstreamMetrics(reports));
    const memory = this.#memoryBudget(settings, log);
    const bodies = new BodyMemory();
    this.#tracers = new Tracers({
      loop: this.#loop,
      clock: this.#loop.clock(clock),
      random,
      upstreams: this.#upstreams,
      lists,
      metrics: this.metrics,
      memory,
      bodies,
      log,
    });
    const serving: Serving = {
      loop: this.#loop,
      upstreams: this.#upstreams,
      ownSockets: new OwnSockets(settings.ownPorts, () => clock.wallMs()),
      lists,
      heads,
      metrics: this.metrics,
      sessionKeys: [],
      clock,
      unruled: new RuleMetrics(this.metrics, { kind: '', route: '', rule: '' }),
      random,
      serverHeader: settings.serverHeader,
      via: settings.via,
      upstreamServiceTime: settings.upstreamServiceTime,
      date: new HttpDate(clock),
      accessLog: this.#accessLog,
      tracers: this.#tracers,
      log: host.log,
      debug: this.#debug,
      memory,
      bodies,
      mirrors: { active: 0, bytes: 0 },
    };
    this.#relief = new HeapRelief(new ServingHeap(), clock, {
      chargedBytes: () => serving.memory.bytes,
      letGo: () => {
        lists.slabs.trim();
        serving.bodies.pages.trim();
      },
    });
    this.#serving = serving;
    const { reusePort, ticketSecrets, maxConnections, maxHandshakes } = settings;
    this.#listeners = new Listeners(serving, { reusePort, ticketSecrets, maxConnections, maxHandshakes, log });
  }

  /**
   * Swaps to `snapshot`; requests that began keep what they have. Endpoints alone never touch a listener. Bindings that
   * failed before are tried again each time. `ports`: `as-they-are` opens none. Default: `open`.
   * @throws Error when it cannot be executed (a bug), and again for each that has the same in it.
   */
  async apply(snapshot: Snapshot, ports: PortsWanted = 'open'): Promise<BindFailures> {
    this.#loop.refresh();
    const before = this.#snapshot;
    const wasTorn = this.#isTorn;
    const isChanged = (part: keyof Snapshot): boolean => wasTorn || before[part] !== snapshot[part];
    this.#isTorn = true;
    if (isChanged('bindings')) this.#tracers.retain(snapshot);
    // First, so that rules find their clusters when they are compiled.
    this.#upstreams.apply(snapshot);
    if (isChanged('clients')) this.#listeners.setClients(snapshot.clients);
    const sameListeners = !isChanged('bindings') && !isChanged('certificates') && !isChanged('clusters');
    const isDone = sameListeners && ports === this.#ports && this.#failures.size === 0;
    this.#ports = ports;
    if (!isDone) this.#failures = await this.#listeners.apply(snapshot, ports);
    this.#snapshot = snapshot;
    this.#isTorn = false;
    return this.#failures;
  }

  /** What session tokens are read and signed with from now on. */
  setSessionKeys(keys: readonly SessionKey[]): void {
    this.#serving.sessionKeys = keys.map(macKey);
  }

  setHealth(cluster: string, health: ReadonlyMap<string, Health>): void {
    this.#upstreams.setHealth(cluster, health);
  }

  /** Whether it tells what happens to single requests and connections. Off at first. */
  setDebug(on: boolean): void {
    this.#debug.isOn = on;
  }

  rotateTickets(secrets: TicketSecrets): void {
    this.#listeners.rotateTickets(secrets);
  }

  announceLeaving(): void {
    this.#listeners.announceLeaving();
  }

  stopListening(): Promise<void> {
    return this.#listeners.stopListening();
  }

  async drain(timeoutMs: number): Promise<DrainReport> {
    this.#loop.refresh();
    const active = this.#listeners.activeStreams();
    const idle = new Promise<void>(resolve => {
      this.#listeners.onIdle = resolve;
    });
    this.#listeners.drain();
    await atLatest(this.#clock, timeoutMs, { answer: idle, otherwise: undefined });
    const cut = this.#listeners.activeStreams();
    // Those that are cut have spans, too.
    this.#listeners.close();
    await atLatest(this.#clock, LAST_SPANS_MS, { answer: this.#tracers.flush(), otherwise: undefined });
    this.close();
    return { finished: Math.max(0, active - cut), cut };
  }

  dump(): WorkerDump {
    return {
      version: this.#snapshot.version,
      bindings: this.#listeners.dump(),
      clusters: this.#upstreams.clusters().map(dumpCluster),
    };
  }

  #memoryBudget(settings: WorkerSettings, log: RateLimitedLog): MemoryBudget {
    return new MemoryBudget(workerBufferBytes(settings.workers), (limit, limitBytes) => {
      this.metrics.count('daemun_limit_hits_total', { limit });
      const message = 'memory limit reached: what held most was ended';
      log.warn(limit, message, { limit, limit_mib: Math.round(limitBytes / 1_048_576) });
    });
  }

  close(): void {
    this.#listeners.close();
    this.#tracers.close();
    // What was said last to endpoints.
    this.#loop.flush();
    this.#upstreams.close();
    this.#accessLog?.flush();
    this.#relief.close();
    this.#loop.close();
  }
}
