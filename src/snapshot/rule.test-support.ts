// SPDX-License-Identifier: Apache-2.0

import { type Rule, UNTIMED } from './rule.ts';

/**
 * A rule for tests: the first of a GRPCRoute `default/NAME`, its `id` being the name, without backends. The one place that
 * lists all fields of a rule, so that a new field with a default changes no other test.
 */
export function sampleRule(name: string, changes: Partial<Rule> = {}): Rule {
  const { backends = [] } = changes;
  return {
    id: name,
    origin: { kind: 'GRPCRoute', namespace: 'default', name, ruleIndex: 0, ruleName: '' },
    filters: [],
    fault: null,
    backends,
    totalWeight: backends.reduce((sum, backend) => sum + backend.weight, 0),
    ...UNTIMED,
    sessionPersistence: null,
    ...changes,
  };
}
