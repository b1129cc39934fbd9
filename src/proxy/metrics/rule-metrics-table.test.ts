// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Rule } from '../../snapshot/index.ts';
import { sampleRule } from '../../snapshot/rule.test-support.ts';
import { RuleMetricsTable, WorkerMetrics } from './index.ts';

function ruleOf(namespace: string, name: string, rule: { index?: number; name?: string } = {}): Rule {
  const { index: ruleIndex = 0, name: ruleName = '' } = rule;
  return sampleRule(name, { origin: { kind: 'GRPCRoute', namespace, name, ruleIndex, ruleName } });
}

describe('RuleMetricsTable', () => {
  it('gives all versions of a rule the same metrics, and each rule its own', () => {
    const table = new RuleMetricsTable(new WorkerMetrics(() => {}));
    const rules = [ruleOf('a', 'r'), ruleOf('b', 'r'), ruleOf('a', 's'), ruleOf('a', 'r', { index: 1 })];
    rules.push(ruleOf('a', 'r', { index: 1, name: 'named' }));
    const metrics = rules.map(rule => table.metricsOf(rule));
    assert.equal(new Set(metrics).size, rules.length);
    for (const [at, rule] of rules.entries()) assert.equal(table.metricsOf({ ...rule }), metrics[at]);
  });

  it('forgets the metrics of rules that are gone, and no others', () => {
    const table = new RuleMetricsTable(new WorkerMetrics(() => {}));
    const [first, second, other] = [ruleOf('a', 'r'), ruleOf('a', 'r', { index: 1 }), ruleOf('b', 'r')];
    const before = [first, second, other].map(rule => table.metricsOf(rule));
    table.retain([first, other, ruleOf('c', 'unused')]);
    assert.equal(table.metricsOf(first), before[0]);
    assert.notEqual(table.metricsOf(second), before[1]);
    table.retain([second]);
    assert.notEqual(table.metricsOf(first), before[0]);
    assert.notEqual(table.metricsOf(other), before[2]);
  });
});
