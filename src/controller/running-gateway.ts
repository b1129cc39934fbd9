// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';
import { type MetricFamily, startAdminServer } from '../admin/index.ts';
import type { Finding } from '../errors/index.ts';
import type { DataPlane, PlaneDrainReport } from '../proxy/index.ts';
import type { Store } from '../store/index.ts';
import type { Clock } from '../time/index.ts';
import { AdminPlace, type WantedAdmin } from './admin-place.ts';
import { adminSource } from './admin-source.ts';
import { demoEndpoints } from './demo/demo-services.ts';
import type { DemoSupplement } from './demo/demo-supplement.ts';
import type { ProcessRecord } from './health/process-record.ts';
import { type Readiness, readinessOf } from './health/readiness.ts';
import type { StatusSource } from './health/status-page.ts';
import type { GatewayLog } from './log/log.ts';
import type { FrontendGate } from './mesh/frontend-gate.ts';
import { type FrontendSummary, summarizeFrontends } from './mesh/frontend-summary.ts';
import type { MeshReport } from './mesh/mesh-report.ts';
import type { ProcessIdentity, SharedSockets } from './ports/siblings.ts';
import type { Reconciler } from './reload/reconciler.ts';
import type { ReloadMetrics } from './reload/reload-metrics.ts';
import { type LocatedFinding, locateFindings } from './shown/located-finding.ts';
import { type BoundListener, boundListeners, type GatewaySummary, summarizeGateways } from './shown/summary.ts';
import type { Trouble } from './shown/trouble.ts';
import type { View } from './shown/view.ts';
import { findTryCall, type TryCall } from './try/try-call.ts';
import type { TrySource } from './try/try-place.ts';
import { findTryRequest, type TryRequest } from './try/try-request.ts';
import { findTryStreams, type TryStream } from './try/try-stream.ts';

/** How a gateway stopped. */
export interface StopReport extends PlaneDrainReport {
  /** Threads that do not end, whatever is done: `process.exit` would wait for them for ever. */
  readonly stuck: number;
}

/** A gateway that runs, whether it follows files or a cluster. */
export interface RunningGateway {
  /** What the last reload came to. */
  view(): View;
  /** Gateways with their listeners as really bound. */
  gateways(): GatewaySummary[];
  /** Ports of Services with routes, where they are bound, and whose routes each group of clients meets. */
  frontends(): FrontendSummary[];
  /** A call that works now; undefined when no route says what it takes. */
  tryCall(): TryCall | undefined;
  /** A request of plain HTTP that is answered; undefined: none is known. */
  tryRequest(): TryRequest | undefined;
  /** Lines and datagrams that are answered, one a transport at most. */
  tryStreams(): readonly TryStream[];
  /** Whether all that the resources want is served now. */
  readiness(): Readiness;
  /** Calls `listener` after each reload that changes `readiness`; the last listener counts. */
  onReadiness(listener: (readiness: Readiness) => void): void;
  /** The listeners that are bound, flat. */
  readonly listeners: readonly BoundListener[];
  readonly findings: readonly Finding[];
  /** Some of them with their places, sorted by them. A place costs some 100 µs: ask for those that somebody reads. */
  locate(findings: readonly Finding[]): LocatedFinding[];
  /** By `Kind/namespace/name`. */
  statuses(): View['statuses'];
  /** PEM file of the development CA, where `--demo` had to mint a certificate. */
  readonly caFile: string | null;
  /** Ids of processes that have the same manifests and get connections of the same sockets until they are stopped. */
  readonly sharedWith: readonly number[];
  /** `host:port`; null without an admin server. */
  readonly adminAddress: string | null;
  /** Reads all files again and tries again to bind what could not be bound, as SIGHUP does. Resolves when it is done. */
  reload(): Promise<void>;
  /** Resolves when no reload is running or due. */
  settled(): Promise<void>;
  /** Not ready, nor healthy, at once; after `drainDelayMs` stops accepting, lets requests end (until `drainTimeoutMs`), then ends everything. */
  stop(): Promise<StopReport>;
  /** Ends all threads at once, for a process that ends now. Resolves with how many do not end. */
  abandon(): Promise<number>;
  /** The same, for those who do not ask what was cut. */
  close(): Promise<void>;
}

/** What a gateway is made of; `startGateway` makes it. */
export interface GatewayProcessParts {
  readonly store: Store;
  readonly plane: DataPlane;
  readonly reconciler: Reconciler;
  readonly demo: DemoSupplement | null;
  readonly gate: FrontendGate | null;
  readonly metrics: ReloadMetrics;
  readonly log: GatewayLog;
  readonly record: ProcessRecord;
  readonly source: () => StatusSource;
  readonly moreTroubles: () => readonly Trouble[];
  /** What an agent of a mesh does; null: this is none. */
  meshReport(view: View): Promise<MeshReport | null>;
  readonly moreMetrics: () => readonly MetricFamily[];
  readonly clock: Clock;
  readonly own: ProcessIdentity;
  readonly shared: SharedSockets;
  readonly drainDelayMs: number;
  /** Has what belongs to the source ready before the data plane starts. */
  prepareSource(): Promise<void>;
  /** Ends what belongs to the source of resources alone; no effect when that was done. */
  closeSource(): Promise<void>;
}

/** A gateway in this process. Owns all parts: what `start` has begun, `stop` ends. */
export class GatewayProcess implements RunningGateway {
  readonly #parts: GatewayProcessParts;
  #admin: AdminPlace | null = null;
  #state: 'starting' | 'running' | 'draining' = 'starting';
  #stopped: Promise<StopReport> | null = null;
  #onReadiness: (readiness: Readiness) => void = () => undefined;
  #told = '';

  constructor(parts: GatewayProcessParts) {
    this.#parts = parts;
  }

  async start(admin: WantedAdmin | null): Promise<void> {
    const { store, plane, reconciler, gate } = this.#parts;
    try {
      // First of all, so that a port in use is told before anything else begins; not ready until the end.
      if (admin !== null) {
        const { own, clock, log } = this.#parts;
        this.#admin = new AdminPlace({
          wanted: admin,
          source: this.#source(),
          own,
          clock,
          log,
          listen: startAdminServer,
        });
        await this.#admin.start();
      }
      await gate?.start();
      await Promise.all([store.start(), this.#parts.prepareSource().then(() => plane.start())]);
      plane.setDebug(this.#parts.log.level === 'debug');
      await reconciler.start();
      this.#state = 'running';
    } catch (error) {
      await this.#close();
      throw error;
    }
  }

  readiness(): Readiness {
    const { reconciler, plane, gate } = this.#parts;
    return readinessOf(this.#state, reconciler.view, { workers: plane.workers(), gate });
  }

  onReadiness(listener: (readiness: Readiness) => void): void {
    this.#told = JSON.stringify(this.readiness());
    this.#onReadiness = listener;
  }

  /** Call after each reload, and when anything else changes that readiness depends on. */
  checkReadiness(): void {
    const readiness = this.readiness();
    const told = JSON.stringify(readiness);
    if (told === this.#told) return;
    this.#told = told;
    this.#onReadiness(readiness);
  }

  get caFile(): string | null {
    return this.#parts.demo?.caFile ?? null;
  }

  get sharedWith(): readonly number[] {
    return this.#parts.shared.pids;
  }

  get adminAddress(): string | null {
    return this.#admin?.address ?? null;
  }

  view(): View {
    const { view } = this.#parts.reconciler;
    if (view === null) throw new Error('the first reload has not ended yet');
    return view;
  }

  frontends(): FrontendSummary[] {
    return summarizeFrontends(this.view().published.bindings);
  }

  gateways(): GatewaySummary[] {
    return summarizeGateways(this.view());
  }

  tryCall(): TryCall | undefined {
    return findTryCall(this.#trySource());
  }

  tryRequest(): TryRequest | undefined {
    return findTryRequest(this.#trySource());
  }

  tryStreams(): readonly TryStream[] {
    return findTryStreams(this.#trySource());
  }

  #trySource(): TrySource {
    const { published, resources } = this.view();
    const { caFile } = this;
    return {
      snapshot: published,
      gateways: this.gateways(),
      demoEndpoints: demoEndpoints(resources),
      caPem: caFile === null ? null : readFileSync(caFile, 'utf8'),
    };
  }

  get listeners(): readonly BoundListener[] {
    return boundListeners(this.gateways());
  }

  get findings(): readonly Finding[] {
    return this.view().findings;
  }

  locate(findings: readonly Finding[]): LocatedFinding[] {
    return locateFindings(findings, this.#parts.store, this.view().resources);
  }

  statuses(): View['statuses'] {
    return this.view().statuses;
  }

  reload(): Promise<void> {
    const { store, reconciler } = this.#parts;
    store.reread();
    reconciler.schedule();
    return reconciler.settled();
  }

  settled(): Promise<void> {
    return this.#parts.reconciler.settled();
  }

  stop(): Promise<StopReport> {
    this.#stopped ??= this.#drain();
    return this.#stopped;
  }

  async close(): Promise<void> {
    await this.stop();
  }

  abandon(): Promise<number> {
    return this.#parts.plane.terminate();
  }

  async #drain(): Promise<StopReport> {
    this.#state = 'draining';
    const { reconciler, plane, gate, clock, drainDelayMs } = this.#parts;
    plane.announceLeaving();
    await reconciler.stop();
    // From here on new connections to Services go elsewhere, while the sockets that they came to still listen.
    await gate?.stop();
    // Nothing is learned from here on: whoever else may write to the source need not wait for requests to end.
    const handedOver = this.#parts.closeSource();
    if (drainDelayMs > 0) await new Promise<void>(resolve => void clock.after(drainDelayMs, resolve));
    const [report] = await Promise.all([plane.drain(), handedOver]);
    return { ...report, stuck: await this.#close() };
  }

  async #close(): Promise<number> {
    const { reconciler, store, plane, demo, gate } = this.#parts;
    await reconciler.stop();
    await gate?.stop();
    await this.#parts.closeSource();
    const [stuck] = await Promise.all([plane.close(), store.close(), demo?.close(), this.#admin?.close()]);
    return stuck;
  }

  #source(): ReturnType<typeof adminSource> {
    const { store, plane, reconciler, metrics, moreMetrics, log, record, source, moreTroubles, clock } = this.#parts;
    return adminSource({
      store,
      plane,
      metrics,
      moreMetrics,
      log,
      record,
      clock,
      source,
      moreTroubles,
      meshReport: view => this.#parts.meshReport(view),
      waitingMs: () => reconciler.waitingMs,
      view: () => reconciler.view,
      own: this.#parts.own,
      state: () => this.#state,
      readiness: () => this.readiness(),
    });
  }
}
