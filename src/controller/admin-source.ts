// SPDX-License-Identifier: Apache-2.0
import type { AdminSource, MetricFamily } from '../admin/index.ts';
import { packageVersion } from '../files/index.ts';
import type { DataPlane } from '../proxy/index.ts';
import type { Store } from '../store/index.ts';
import type { Clock } from '../time/index.ts';
import { processFiles } from './bundle/process-files.ts';
import { healthMetrics } from './health/health-metrics.ts';
import type { ProcessRecord } from './health/process-record.ts';
import { processTroubles } from './health/process-troubles.ts';
import type { Readiness } from './health/readiness.ts';
import { resourceTroubles } from './health/resource-troubles.ts';
import { countsOf, firstToExpire, type StatusPage, type StatusSource } from './health/status-page.ts';
import { type GatewayLog, isLogLevel } from './log/log.ts';
import type { ProcessIdentity } from './ports/siblings.ts';
import type { ReloadMetrics } from './reload/reload-metrics.ts';
import { dumpConfig } from './shown/config-dump.ts';
import { locateFindings } from './shown/located-finding.ts';
import { explainQuestion, parseQuestion } from './shown/question.ts';
import { LISTED_KINDS, listResources } from './shown/resource-view.ts';
import { stateMetrics } from './shown/state-metrics.ts';
import { summarizeGateways } from './shown/summary.ts';
import { type Trouble, timeText, troublesOf } from './shown/trouble.ts';
import type { View } from './shown/view.ts';

export interface AdminParts {
  readonly store: Pick<Store, 'locate'>;
  readonly plane: Pick<DataPlane, 'metrics' | 'dump' | 'setDebug' | 'readiness' | 'unresolvedNames' | 'workers'>;
  readonly metrics: ReloadMetrics;
  readonly own: ProcessIdentity;
  readonly moreMetrics: () => readonly MetricFamily[];
  readonly log: GatewayLog;
  readonly record: ProcessRecord;
  readonly clock: Clock;
  /** Where the resources come from. */
  source(): StatusSource;
  /** Of where they come from, and of where the process writes to. */
  moreTroubles(): readonly Trouble[];
  /** What an agent of a mesh does; null: this is none. */
  meshReport(view: View): Promise<unknown>;
  /** How long the oldest change waits that is not served yet. */
  waitingMs(): number;
  /** null until the first reload has ended. */
  view(): View | null;
  state(): 'starting' | 'running' | 'draining';
  readiness(): Readiness;
}

/** What the admin server shows of a running gateway. */
export function adminSource(parts: AdminParts): AdminSource {
  const { store, plane, metrics, log, view } = parts;
  return {
    readiness() {
      const [readiness, source] = [parts.readiness(), parts.source()];
      return readiness.ready
        ? { ready: true, staleSince: source.kind === 'cluster' ? source.staleSince : null }
        : readiness;
    },
    isLoaded: () => view() !== null,
    metrics() {
      const now = view();
      const state = now === null ? [] : stateMetrics(now.published, now.bindFailures);
      const health = healthMetrics({
        version: packageVersion(),
        isReady: parts.readiness().ready,
        workers: plane.workers(),
        waitingMs: parts.waitingMs(),
        counts: countsOf(now, plane.readiness()),
      });
      return [...metrics.read(), ...health, ...state, ...plane.metrics(), ...parts.moreMetrics()];
    },
    async config() {
      const now = view();
      return now === null ? null : dumpConfig(now, await plane.dump());
    },
    explain(params) {
      const now = view();
      if (now === null) return { fault: 'the first reload has not ended yet' };
      const question = parseQuestion(params);
      return 'fault' in question ? question : { explanation: explainQuestion(now.published, question) };
    },
    resources(kind) {
      const now = view();
      const wanted = kind?.toLowerCase();
      const kinds = wanted === undefined ? LISTED_KINDS : LISTED_KINDS.filter(name => isNamed(name, wanted));
      if (kinds.length === 0) return null;
      return now === null ? [] : kinds.flatMap(name => listResources(now, name));
    },
    findings() {
      const now = view();
      return now === null ? [] : locateFindings(now.findings, store, now.resources);
    },
    summary() {
      return statusOf(parts);
    },
    async bundle() {
      const now = view();
      return processFiles({
        status: statusOf(parts),
        view: now,
        config: now === null ? null : dumpConfig(now, await plane.dump()),
        findings: now === null ? [] : locateFindings(now.findings, store, now.resources),
        logLines: log.recent?.() ?? null,
      });
    },
    async mesh() {
      const now = view();
      if (now === null) return { fault: 'the first reload has not ended yet' };
      const report = await parts.meshReport(now);
      return report === null
        ? { fault: 'nothing is redirected to this process; that is so of agents of a mesh (run --mesh)' }
        : { report };
    },
    logLevel: () => log.level ?? 'info',
    setLogLevel(level) {
      if (!isLogLevel(level)) return false;
      log.level = level;
      plane.setDebug(level === 'debug');
      return true;
    },
  };
}

/** All of it on one page. */
function statusOf(parts: AdminParts): StatusPage {
  const { record, plane, clock } = parts;
  const view = parts.view();
  const nowMs = clock.wallMs();
  const names = plane.unresolvedNames();
  const own = { record, view, workers: plane.workers(), endpoints: plane.readiness(), names, nowMs };
  const ofResources = view === null ? [] : resourceTroubles(view, nowMs);
  return {
    process: parts.own,
    versions: { daemun: packageVersion(), node: process.version },
    state: parts.state(),
    startedAt: timeText(record.startedMs),
    readiness: parts.readiness(),
    source: parts.source(),
    version: view?.published.version ?? 0,
    changedAt: record.changedMs === null ? null : timeText(record.changedMs),
    counts: countsOf(view, plane.readiness()),
    firstToExpire: view === null ? null : firstToExpire(view),
    troubles: troublesOf([
      ...processTroubles({ ...own, waitingMs: parts.waitingMs() }),
      ...parts.moreTroubles(),
      ...ofResources,
    ]),
    gateways: view === null ? [] : summarizeGateways(view),
    sockets: view === null ? [] : view.published.bindings.map(({ id }) => id).filter(id => !view.bindFailures.has(id)),
  };
}

/** A kind by its name or its plural. */
function isNamed(kind: string, wanted: string): boolean {
  const name = kind.toLowerCase();
  const plural = name.endsWith('ss') ? `${name}es` : name.endsWith('s') ? name : `${name}s`;
  return wanted === name || wanted === plural;
}
