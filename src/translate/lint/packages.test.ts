// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sampleRule } from '../../snapshot/rule.test-support.ts';
import { rankEntry } from '../rules/precedence.ts';
import { type LintedRoute, lintPackages, toldPackages } from './packages.ts';

/** Routes of which each names one service that looks like a package. */
function routes(count: number): Parameters<typeof lintPackages>[0] {
  const all = Array.from({ length: count }, (_, at): LintedRoute => {
    const name = `r${String(at).padStart(2, '0')}`;
    const method = { kind: 'exact', service: `org.service${at}`, method: null } as const;
    const entry = { match: { kind: 'grpc', method, headers: [] } as const, rule: sampleRule(name), matchIndex: 0 };
    const ranked = rankEntry(entry, { namespace: 'n', name, hostnames: [] });
    const metadata = { name, namespace: 'n', labels: {}, annotations: {}, generation: 1 };
    return { route: { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'GRPCRoute', metadata }, entries: [ranked] };
  });
  const byKey = new Map(all.map(route => [route.route.metadata.name, route]));
  return { byKey, changes: new Map([...byKey].map(([key, after]) => [key, { before: undefined, after }])) };
}

describe('services that look like packages', () => {
  it('are told one by one, as long as they may be slips', () => {
    for (const count of [1, 21]) assert.equal(toldPackages(lintPackages(routes(count))).length, count);
  });

  it('are counted where they are many, at the first that is not told by itself', () => {
    const told = toldPackages(lintPackages(routes(30)));
    assert.equal(told.length, 21);
    assert.deepEqual(
      [told.at(-1)?.resource?.name, told.at(-1)?.message],
      ['r20', '10 more services of rules look like packages: their last parts are not capitalised'],
    );
  });
});
