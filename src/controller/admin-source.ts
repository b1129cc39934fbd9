// SPDX-License-Identifier: Apache-2.0
import type { AdminSource, MetricFamily } from '../admin/index.ts';
import type { DataPlane } from '../proxy/index.ts';
import type { Store } from '../store/index.ts';
import { dumpConfig } from './config-dump.ts';
import { locateFindings } from './located-finding.ts';
import { type GatewayLog, isLogLevel } from './log.ts';
import { explainQuestion, parseQuestion } from './question.ts';
import type { Readiness } from './readiness.ts';
import type { ReloadMetrics } from './reload-metrics.ts';
import { LISTED_KINDS, listResources } from './resource-view.ts';
import type { ProcessIdentity } from './siblings.ts';
import { stateMetrics } from './state-metrics.ts';
import { summarizeGateways } from './summary.ts';
import type { View } from './view.ts';

export interface AdminParts {
  readonly store: Pick<Store, 'locate'>;
  readonly plane: Pick<DataPlane, 'metrics' | 'dump' | 'setDebug'>;
  readonly metrics: ReloadMetrics;
  readonly own: ProcessIdentity;
  readonly moreMetrics: () => readonly MetricFamily[];
  readonly log: GatewayLog;
  /** null until the first reload has ended. */
  view(): View | null;
  state(): 'starting' | 'running' | 'draining';
  readiness(): Readiness;
}

/** What the admin server shows of a running gateway. */
export function adminSource(parts: AdminParts): AdminSource {
  const { store, plane, metrics, log, view } = parts;
  return {
    readiness: parts.readiness,
    metrics() {
      const now = view();
      const state = now === null ? [] : stateMetrics(now.published, now.bindFailures);
      return [...metrics.read(), ...state, ...plane.metrics(), ...parts.moreMetrics()];
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
      if (now === null) return [];
      const wanted = kind?.toLowerCase();
      const kinds = wanted === undefined ? LISTED_KINDS : LISTED_KINDS.filter(name => isNamed(name, wanted));
      return kinds.flatMap(name => listResources(now, name));
    },
    findings() {
      const now = view();
      return now === null ? [] : locateFindings(now.findings, store, now.resources);
    },
    summary() {
      const now = view();
      return {
        process: parts.own,
        state: parts.state(),
        version: now?.published.version ?? 0,
        gateways: now ? summarizeGateways(now) : [],
        sockets: now ? now.published.bindings.map(({ id }) => id).filter(id => !now.bindFailures.has(id)) : [],
      };
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

/** A kind by its name or its plural. */
function isNamed(kind: string, wanted: string): boolean {
  const name = kind.toLowerCase();
  const plural = name.endsWith('ss') ? `${name}es` : name.endsWith('s') ? name : `${name}s`;
  return wanted === name || wanted === plural;
}
