// SPDX-License-Identifier: Apache-2.0

import type { Binding, Listener, Rule, Snapshot } from '../../src/snapshot/index.ts';

/**
 * A snapshot as a golden case shows it: a rule once, under its id, and nothing that has its default. So a case shows what
 * it is about, and a new field with a default changes no case.
 */
export function renderSnapshot({ bindings, clusters, endpoints, certificates, trustBundles }: Snapshot): unknown {
  const shown = {
    bindings: bindings.map(renderBinding),
    rules: rulesOf(bindings).map(renderRule),
    clusters: clusters.map(cluster => withoutDefaults(cluster, CLUSTER_DEFAULTS)),
    endpoints,
    certificates: certificates.map(({ id, names, notAfterMs }) => ({
      id,
      names,
      notAfter: new Date(notAfterMs).toISOString(),
    })),
    trustBundles: trustBundles.map(({ id, pem }) => ({ id, certificates: pem.length })),
  };
  return withoutNothing(shown) ?? {};
}

/** Address and port stand in the id. */
function renderBinding({ id, port, admission, listeners }: Binding): object {
  return {
    id,
    admission,
    listeners: listeners.map(({ virtualHosts, ports, gateway: _gateway, name: _name, ...listener }) => ({
      ...listener,
      ports: movedPorts(port, ports),
      virtualHosts: virtualHosts.map(({ hostname, entries }) => ({
        hostname,
        entries: entries.map(({ rule, match, matchIndex }) => ({
          rule: rule.id,
          matchIndex: matchIndex === 0 ? null : matchIndex,
          match,
        })),
      })),
    })),
  };
}

/** null: clients reach the Gateway where it says. */
function movedPorts(port: number, { own, http, https }: Listener['ports']): Listener['ports'] | null {
  return own === port && http === 80 && https === 443 ? null : { own, http, https };
}

function rulesOf(bindings: readonly Binding[]): readonly Rule[] {
  const rules = new Map<string, Rule>();
  for (const { listeners } of bindings)
    for (const { virtualHosts } of listeners)
      for (const { entries } of virtualHosts) for (const { rule } of entries) rules.set(rule.id, rule);
  return [...rules.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Kind, namespace, name and index stand in the id, the total follows from the weights. */
function renderRule({ origin, totalWeight: _, ...rule }: Rule): object {
  return { ...rule, ruleName: origin.ruleName };
}

const CLUSTER_DEFAULTS: Readonly<Record<string, unknown>> = {
  balancer: { kind: 'round-robin' },
  discovery: { kind: 'published' },
  connectTimeoutMs: 5_000,
  maxPendingRequests: 1_024,
};

function withoutDefaults(value: object, defaults: Readonly<Record<string, unknown>>): object {
  const fields = Object.entries(value).filter(
    ([name, field]) => JSON.stringify(field) !== JSON.stringify(defaults[name]),
  );
  return Object.fromEntries(fields);
}

/** Without fields that are null, '' or an empty list. Items of lists stay: their number says something. */
function withoutNothing(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(item => withoutNothing(item) ?? null);
  if (value === null || value === '') return undefined;
  if (typeof value !== 'object') return value;
  const fields = Object.entries(value).flatMap(([name, field]) => {
    const kept = withoutNothing(field);
    return kept === undefined ? [] : [[name, kept]];
  });
  return Object.fromEntries(fields);
}
