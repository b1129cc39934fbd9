// SPDX-License-Identifier: Apache-2.0

import { REQUEST_FAILURES } from '../../errors/index.ts';
import type { Fault, Rule, WeightedBackend } from '../../snapshot/index.ts';
import type { Random } from '../../time/index.ts';
import {
  compileChain,
  type FilterChain,
  HeaderRewriter,
  RuleSession,
  type SessionToken,
  WeightedChoice,
} from '../filters/index.ts';
import { type RuleMetrics, RuleMetricsTable, routeName, ruleName } from '../metrics/index.ts';
import { type ClusterPool, hashText } from '../upstream/index.ts';
import { ResponsePlan } from './response-plan.ts';
import { CompiledRetry } from './retry-rule.ts';
import type { Serving } from './serving.ts';

/** One backend of a rule with all that its requests get: the rule's filters and its own. */
export interface CompiledBackend {
  /** Index in the rule's backends. */
  readonly index: number;
  readonly weight: number;
  /** null: `fault` is answered, unless a step answers before. */
  readonly cluster: ClusterPool | null;
  /** What session tokens call the cluster; -1: none. */
  readonly tag: number;
  /** Not null where `cluster` is. */
  readonly fault: Fault | null;
  readonly filters: FilterChain;
  /** The rule's, or its own. */
  readonly session: RuleSession | null;
  /** What responses get: the chain's changes, and fields of ours. */
  readonly response: ResponsePlan;
}

/** A rule, ready to be executed. */
export class CompiledRule {
  readonly rule: Rule;
  /** Never empty: where the rule answers by itself there is one without a cluster. */
  readonly backends: readonly [CompiledBackend, ...CompiledBackend[]];
  readonly choice: WeightedChoice;
  readonly metrics: RuleMetrics;
  /** 0: none. */
  readonly timeoutMs: number;
  /** 0: none. */
  readonly backendTimeoutMs: number;
  readonly retry: CompiledRetry | null;
  /** Which chooses the backend, too. */
  readonly session: RuleSession | null;
  /** For the access log: `namespace/name`. */
  readonly route: string;
  /** For the access log: the rule's name, else its index. */
  readonly ruleName: string;

  constructor(rule: Rule, backends: CompiledRule['backends'], metrics: RuleMetrics) {
    this.rule = rule;
    this.backends = backends;
    this.choice = new WeightedChoice(backends.map(({ weight }) => weight));
    this.metrics = metrics;
    this.timeoutMs = rule.requestTimeoutMs ?? 0;
    this.backendTimeoutMs = rule.backendTimeoutMs ?? 0;
    this.retry = rule.retry === null ? null : new CompiledRetry(rule.retry);
    this.session = rule.sessionPersistence === null ? null : backends[0].session;
    this.route = routeName(rule);
    this.ruleName = ruleName(rule);
  }

  /** The backend of a request: that of its session while the rule has it and there is an endpoint to keep to, else one by weight. */
  backendFor(session: SessionToken | null, random: Random): CompiledBackend {
    const kept = session === null ? undefined : this.backends.find(({ tag }) => tag === session.backend);
    if (kept?.cluster?.hasEndpoints === true) return kept;
    return this.backends[this.choice.pick(random)] ?? this.backends[0];
  }
}

/** Compiles rules; an unchanged rule whose clusters are the same is compiled once. One per worker. */
export class RuleCompiler {
  readonly #serving: Serving;
  readonly #compiled = new WeakMap<Rule, CompiledRule>();
  readonly #metrics: RuleMetricsTable;
  /** Responses without filters share one plan, so that their lists are remembered once. */
  readonly #plain: ResponsePlan;

  constructor(serving: Serving) {
    this.#serving = serving;
    this.#metrics = new RuleMetricsTable(serving.metrics);
    this.#plain = new ResponsePlan(new HeaderRewriter([]), serving, serving.lists);
  }

  compile(rule: Rule): CompiledRule {
    const known = this.#compiled.get(rule);
    if (known !== undefined && !known.metrics.isGone && this.#isCurrent(known)) return known;
    const compiled = new CompiledRule(rule, this.#backends(rule), this.#metrics.metricsOf(rule));
    this.#compiled.set(rule, compiled);
    return compiled;
  }

  /** Forgets the metrics of rules that are not among these any more. */
  retain(rules: Iterable<Rule>): void {
    this.#metrics.retain(rules);
  }

  #isCurrent(compiled: CompiledRule): boolean {
    const upstreams = this.#serving.upstreams;
    return compiled.backends.every(
      ({ cluster, filters }) =>
        (cluster === null || upstreams.cluster(cluster.id) === cluster) &&
        filters.clusters.every(other => upstreams.cluster(other.id) === other),
    );
  }

  #backends(rule: Rule): CompiledRule['backends'] {
    const [first, ...others] = rule.fault === null ? rule.backends : [];
    if (first === undefined) {
      const target = { kind: 'fault' as const, fault: rule.fault ?? UNKNOWN_CLUSTER };
      return [this.#backend(rule, { weight: 1, target, filters: [], session: null }, 0)];
    }
    return [this.#backend(rule, first, 0), ...others.map((backend, index) => this.#backend(rule, backend, index + 1))];
  }

  #backend(rule: Rule, backend: WeightedBackend, index: number): CompiledBackend {
    const { target, weight } = backend;
    const cluster = target.kind === 'cluster' ? this.#serving.upstreams.cluster(target.cluster) : undefined;
    const filters = compileChain(rule.filters, backend.filters, this.#serving);
    return {
      index,
      weight,
      cluster: cluster ?? null,
      tag: cluster === undefined ? -1 : hashText(cluster.id),
      fault: target.kind === 'fault' ? target.fault : cluster === undefined ? UNKNOWN_CLUSTER : null,
      filters,
      session: sessionOf(rule, backend),
      response: filters.responseHead.isEmpty
        ? this.#plain
        : new ResponsePlan(filters.responseHead, this.#serving, this.#serving.lists),
    };
  }
}

function sessionOf({ id, sessionPersistence }: Rule, { session }: WeightedBackend): RuleSession | null {
  if (sessionPersistence !== null) return new RuleSession(id, sessionPersistence);
  return session === null ? null : new RuleSession(session.id, session.policy);
}

/** A snapshot names only clusters that it holds; should one be missing, its share fails and nothing else does. */
export const UNKNOWN_CLUSTER: Fault = {
  httpStatus: REQUEST_FAILURES.no_backend.httpStatus,
  grpcStatus: REQUEST_FAILURES.no_backend.grpcStatus,
  message: 'the backend of this route is not known',
  reason: 'no_backend',
};
