// SPDX-License-Identifier: Apache-2.0

import type { BindFailure, BindFailures, Cluster, Snapshot } from '../snapshot/index.ts';
import { HeaderListPool, HeadMemory } from '../wire/index.ts';
import type { DataPlaneOptions } from './data-plane-options.ts';
import {
  type ClusterReadiness,
  DnsDiscovery,
  EndpointMetrics,
  GrpcHealthProbe,
  HealthChecker,
  ReachLog,
  systemResolver,
  type UnresolvedName,
  withResolvedEndpoints,
} from './discovery/index.ts';
import type { SessionKey } from './filters/index.ts';
import { SocketLoop } from './io/index.ts';
import { KeyRing, SESSION_KEY_PACE, TICKET_KEY_PACE } from './key-ring.ts';
import type { TicketSecrets } from './listeners/index.ts';
import { RateLimitedLog } from './log/index.ts';
import { type MetricFamily, MetricsReader, WorkerMetrics } from './metrics/index.ts';
import { SessionRules } from './session-rules.ts';
import { dialTcp, TlsClients } from './upstream/index.ts';
import { atLatest } from './workers/at-latest.ts';
import { PortClaims, withoutBindings } from './workers/port-claims.ts';
import type { WorkerDump } from './workers/worker-dump.ts';
import { type PlaneDrainReport, type WorkerCount, Workers } from './workers/workers.ts';

/** A new DNS name may take this long before a snapshot goes live without its endpoints. */
const FIRST_RESOLUTION_MS = 1_000;
/** The page of this thread's counters; those of workers begin at 1. */
const MAIN_PAGE = 0;

/** What the data plane holds now; plain data without secrets. */
export interface DataPlaneDump {
  readonly workers: readonly WorkerDump[];
  readonly certificates: readonly {
    readonly id: string;
    readonly names: readonly string[];
    readonly notAfterMs: number;
  }[];
}

/**
 * The built-in data plane: executes the last snapshot it was given, in worker threads.
 *
 * Owns the workers, and in this thread DNS and health checks for all of them. `start` first, `close` last.
 */
export class DataPlane {
  readonly #options: DataPlaneOptions;
  readonly #reader = new MetricsReader();
  readonly #loop: SocketLoop;
  readonly #endpoints: EndpointMetrics;
  readonly #discovery: DnsDiscovery;
  /** For health checks. */
  readonly #tls: TlsClients;
  readonly #health: HealthChecker;
  readonly #sessionRules = new SessionRules();
  readonly #sessionKeys: KeyRing;
  readonly #tickets: KeyRing;
  #ticketSecrets: TicketSecrets | null = null;
  readonly #claims: PortClaims;
  readonly #workers: Workers;
  /** As it was given: DNS endpoints are added on the way to the workers. */
  #snapshot: Snapshot | null = null;
  #checked: { readonly clusters: readonly Cluster[]; readonly any: boolean } = { clusters: [], any: false };
  #queue: Promise<unknown> = Promise.resolve();
  #isStarted = false;
  #closed = false;

  constructor(options: DataPlaneOptions) {
    this.#options = options;
    const { clock, random } = options;
    this.#loop = new SocketLoop(() => clock.nowMs());
    this.#tickets = new KeyRing({
      pace: TICKET_KEY_PACE,
      store: options.ticketKeys ?? null,
      clock,
      log: options.log,
      publish: keys => this.#setTickets(keys),
    });
    this.#claims = new PortClaims(options.mayShare ?? (async () => new Set()));
    const log = new RateLimitedLog(options.log, clock);
    this.#workers = new Workers(options, { reader: this.#reader, reach: new ReachLog(log) });
    const metrics = new WorkerMetrics(series => this.#reader.addSeries(MAIN_PAGE, series));
    this.#reader.addPage(MAIN_PAGE, metrics.buffer);
    this.#endpoints = new EndpointMetrics(metrics, clock);
    this.#reader.addComputed('daemun_upstream_endpoints', () => this.#endpoints.samples());
    const resolve = options.resolve ?? systemResolver(clock);
    this.#discovery = new DnsDiscovery({ resolve, clock, log, onChange: () => this.#republish() });
    this.#sessionKeys = new KeyRing({
      pace: SESSION_KEY_PACE,
      store: options.sessionKeys ?? null,
      clock,
      log: options.log,
      publish: keys => this.#workers.setSessionKeys(keys),
    });
    const loopClock = this.#loop.clock(clock);
    const lists = new HeaderListPool();
    const heads = new HeadMemory(lists);
    const environment = { loop: this.#loop, lists, heads, clock: loopClock, random, dial: dialTcp };
    this.#tls = new TlsClients((cluster, result) => this.#endpoints.handshake(cluster, result));
    this.#health = new HealthChecker({
      clock,
      log,
      random,
      openProbe: (cluster, check, endpoint) =>
        new GrpcHealthProbe({ cluster, tls: this.#tls.clientOf(cluster, null) }, check, endpoint, environment),
      onChange: cluster => this.#publishHealth(cluster),
      onTransition: (cluster, health) => this.#endpoints.transition(cluster, health),
    });
  }

  /** @throws Error when a worker thread cannot start. */
  async start(): Promise<void> {
    this.#tickets.start();
    if (this.#ticketSecrets === null) throw new Error('a ring of keys is never empty');
    await this.#workers.start(this.#ticketSecrets);
    this.#isStarted = true;
  }

  /** The stores of keys have others now: they are shared, so keys of sessions are wanted before any rule of this process wants them. */
  rereadKeys(): void {
    if (!this.#isStarted) return;
    this.#tickets.reread();
    if (!this.#sessionKeys.start()) this.#sessionKeys.reread();
  }

  /**
   * Has the workers make all ready to serve `snapshot`, before the first `apply`; no port is opened, no name resolved. Sent
   * when this returns. Resolves when every worker has done so; rejects as `apply` does.
   */
  prepare(snapshot: Snapshot): Promise<void> {
    return this.#workers.prepare(snapshot);
  }

  /**
   * Makes `snapshot` live. Resolves when every worker serves it; bindings that failed are tried again by each call.
   * Rejects when a worker cannot execute it: a bug; what was served before goes on.
   */
  async apply(snapshot: Snapshot): Promise<{ failures: BindFailures }> {
    this.#snapshot = snapshot;
    const { claims, applied } = await this.#enqueue(() => this.#send(snapshot));
    const failures = new Map<string, BindFailure>(claims);
    for (const failed of await applied) for (const [id, failure] of failed) failures.set(id, failure);
    return { failures };
  }

  /** From now on health endpoints say that the gateway drains, so that load balancers send no more; all else goes on. `drain` follows. */
  announceLeaving(): void {
    this.#workers.announceLeaving();
  }

  /** Stops accepting, tells clients to go elsewhere, and waits for requests until the drain timeout. */
  drain(): Promise<PlaneDrainReport> {
    return this.#workers.drain();
  }

  /** Ends everything at once. Resolves soon, with how many threads do not end: `process.exit` would wait for them for ever. */
  close(): Promise<number> {
    this.#endOwn();
    return this.#workers.close();
  }

  /** As `close`, for when even a moment is too long: threads are not asked first. */
  terminate(): Promise<number> {
    this.#endOwn();
    return this.#workers.terminate();
  }

  #setTickets([current, ...others]: readonly SessionKey[]): void {
    if (current === undefined) return;
    this.#ticketSecrets = { current: current.secret, others: others.map(({ secret }) => secret) };
    this.#workers.rotateTickets(this.#ticketSecrets);
  }

  #endOwn(): void {
    this.#closed = true;
    this.#tickets.close();
    this.#discovery.close();
    this.#sessionKeys.close();
    this.#health.close();
    this.#loop.close();
  }

  /** Whether workers tell what happens to single requests and connections. Off at first. */
  setDebug(on: boolean): void {
    this.#workers.setDebug(on);
  }

  /** Counters of all workers, added up. Reads shared memory; no worker notices. */
  metrics(): MetricFamily[] {
    return this.#reader.read();
  }

  /** How many endpoints of each cluster take calls, by cluster. Costs nothing. */
  readiness(): ReadonlyMap<string, ClusterReadiness> {
    return this.#endpoints.readiness;
  }

  /** Names of endpoints that cannot be looked up now. */
  unresolvedNames(): readonly UnresolvedName[] {
    return this.#discovery.unresolved;
  }

  /** How the workers are. */
  workers(): WorkerCount {
    return this.#workers.count;
  }

  async dump(): Promise<DataPlaneDump> {
    const workers = await this.#workers.dump();
    const certificates = this.#snapshot?.certificates ?? [];
    return { workers, certificates: certificates.map(({ id, names, notAfterMs }) => ({ id, names, notAfterMs })) };
  }

  /** Sends it to the workers in its turn; waiting for them is not part of the turn. */
  async #send(snapshot: Snapshot): Promise<{ claims: BindFailures; applied: Promise<BindFailures[]> }> {
    await this.#resolveNames(snapshot);
    const claims = this.#workers.sharePorts ? await this.#claims.check(snapshot) : new Map<string, BindFailure>();
    const resolved = withResolvedEndpoints(snapshot, this.#discovery.clusters, id => this.#discovery.endpointsOf(id));
    const live = withoutBindings(resolved, claims);
    // Not before the first rule that wants them: nobody else needs keys, or a file that holds them.
    if (!this.#sessionKeys.isStarted && this.#sessionRules.any(live)) this.#sessionKeys.start();
    const applied = this.#workers.apply(live);
    this.#endpoints.update(live);
    this.#checkHealth(live);
    return { claims, applied };
  }

  /** Waits for names that are new, so that no request finds a backend that is about to be there; not for long. */
  async #resolveNames(snapshot: Snapshot): Promise<void> {
    const resolved = this.#discovery.update(snapshot.clusters);
    await atLatest(this.#options.clock, FIRST_RESOLUTION_MS, { answer: resolved, otherwise: undefined });
  }

  /** New addresses of DNS names. */
  #republish(): void {
    const snapshot = this.#snapshot;
    if (snapshot === null || this.#closed) return;
    this.apply(snapshot).then(
      ({ failures }) => {
        if (failures.size > 0) this.#options.onUnbound?.();
      },
      (error: unknown) => this.#options.log.error('new addresses could not be published', { error: String(error) }),
    );
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => {});
    return done;
  }

  #checkHealth(snapshot: Snapshot): void {
    const { clusters } = snapshot;
    const isChecked = clusters === this.#checked.clusters ? this.#checked.any : clusters.some(isHealthChecked);
    this.#checked = { clusters, any: isChecked };
    if (!isChecked && this.#health.clusters.length === 0) return;
    const sets = new Map(snapshot.endpoints.map(set => [set.cluster, set]));
    this.#tls.update(snapshot);
    const before = this.#health.clusters;
    this.#health.update(clusters, id => sets.get(id));
    for (const cluster of new Set([...before, ...this.#health.clusters])) this.#publishHealth(cluster);
  }

  #publishHealth(cluster: string): void {
    const health = this.#health.healthOf(cluster);
    this.#endpoints.setHealth(cluster, health);
    this.#workers.setHealth(cluster, health);
  }
}

function isHealthChecked(cluster: Cluster): boolean {
  return cluster.healthCheck !== null;
}
