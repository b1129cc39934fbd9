// SPDX-License-Identifier: Apache-2.0

import type { Rule, RuleOrigin } from '../../snapshot/index.ts';
import { RuleMetrics } from './rule-metrics.ts';
import type { WorkerMetrics } from './worker-metrics.ts';

/** The metrics of one rule. */
interface Kept {
  readonly kind: string;
  readonly rule: string;
  readonly metrics: RuleMetrics;
  /** The last round of `retain` that saw the rule. */
  round: number;
}

/**
 * The metrics of every rule that took a request, for as long as the rule is there. One per worker.
 *
 * `retain` sees all rules of a snapshot each time one of them changes, while requests wait: it makes no text of a rule that
 * took none.
 */
export class RuleMetricsTable {
  readonly #metrics: WorkerMetrics;
  /** By namespace and name; routes of one name have few rules. */
  readonly #routes = new Map<string, Map<string, Kept[]>>();
  #round = 0;

  constructor(metrics: WorkerMetrics) {
    this.#metrics = metrics;
  }

  /** The same for all versions of a rule. */
  metricsOf(rule: Rule): RuleMetrics {
    const { kind, namespace, name } = rule.origin;
    const known = this.#find(rule.origin);
    if (known !== undefined) return known.metrics;
    const metrics = new RuleMetrics(this.#metrics, { kind, route: routeName(rule), rule: ruleName(rule) });
    const routes = this.#routes.get(namespace) ?? new Map<string, Kept[]>();
    const rules = routes.get(name) ?? [];
    rules.push({ kind, rule: ruleName(rule), metrics, round: this.#round });
    this.#routes.set(namespace, routes.set(name, rules));
    return metrics;
  }

  /** Forgets the metrics of rules that are not among these any more. Two look-ups a rule. */
  retain(rules: Iterable<Rule>): void {
    if (this.#routes.size === 0) return;
    this.#round += 1;
    for (const { origin } of rules) {
      const known = this.#find(origin);
      if (known !== undefined) known.round = this.#round;
    }
    for (const [namespace, routes] of this.#routes) {
      for (const [name, kept] of routes) this.#keepSeen(routes, name, kept);
      if (routes.size === 0) this.#routes.delete(namespace);
    }
  }

  #find(origin: RuleOrigin): Kept | undefined {
    const kept = this.#routes.get(origin.namespace)?.get(origin.name);
    if (kept === undefined) return undefined;
    const wanted = ruleName({ origin });
    return kept.find(({ kind, rule }) => kind === origin.kind && rule === wanted);
  }

  #keepSeen(routes: Map<string, Kept[]>, name: string, kept: readonly Kept[]): void {
    if (kept.every(({ round }) => round === this.#round)) return;
    const seen = kept.filter(({ round }) => round === this.#round);
    for (const { round, metrics } of kept) if (round !== this.#round) metrics.release();
    if (seen.length === 0) routes.delete(name);
    else routes.set(name, seen);
  }
}

/** `namespace/name`, as metrics and the access log call the route of a rule. */
export function routeName({ origin }: Pick<Rule, 'origin'>): string {
  return `${origin.namespace}/${origin.name}`;
}

/** A rule's name, else its index. */
export function ruleName({ origin }: Pick<Rule, 'origin'>): string {
  return origin.ruleName === '' ? String(origin.ruleIndex) : origin.ruleName;
}
