// SPDX-License-Identifier: Apache-2.0

import {
  type Binding,
  endpointsOf,
  type Listener,
  type ReachedPorts,
  type Rule,
  requestListeners,
  type Snapshot,
  type StreamRule,
} from '../../src/snapshot/index.ts';

/**
 * A snapshot as a golden case shows it: a rule once, under its id, and nothing that has its default. So a case shows what
 * it is about, and a new field with a default changes no case.
 */
export function renderSnapshot(snapshot: Snapshot): unknown {
  const { bindings, clusters, endpoints, certificates, trustBundles, clients } = snapshot;
  const shown = {
    bindings: bindings.map(renderBinding),
    rules: rulesOf(bindings).map(renderRule),
    streamRules: streamRulesOf(bindings).map(renderStreamRule),
    clusters: clusters.map(cluster => withoutDefaults(cluster, CLUSTER_DEFAULTS)),
    endpoints: endpoints.map(set => ({ cluster: set.cluster, endpoints: endpointsOf(set) })),
    certificates: certificates.map(({ id, names, notAfterMs }) => ({
      id,
      names,
      notAfter: new Date(notAfterMs).toISOString(),
    })),
    trustBundles: trustBundles.map(({ id, pem }) => ({ id, certificates: pem.length })),
    clients,
  };
  return withoutNothing(shown) ?? {};
}

/** Address and port stand in the id, and in that of a listener whose it is; the Gateway does not in that of a set's. */
function renderBinding({ id, port, admission, frontend, proxyProtocolFrom, listeners }: Binding): object {
  return {
    id,
    admission,
    frontend,
    proxyProtocolFrom,
    listeners: listeners.map(listener => ({ ...renderListener(listener, port), gateway: gatewayOfSet(listener) })),
  };
}

function gatewayOfSet({ gateway, listenerSet }: Listener): string | null {
  return listenerSet === null || gateway === null ? null : `${gateway.namespace}/${gateway.name}`;
}

function renderListener(
  { gateway: _gateway, listenerSet: _set, name: _name, ...listener }: Listener,
  port: number,
): object {
  switch (listener.kind) {
    case 'http':
    case 'https': {
      const { virtualHosts, ports, ...rest } = listener;
      return {
        ...rest,
        ports: movedPorts(port, ports),
        virtualHosts: virtualHosts.map(({ hostname, entries }) => ({
          hostname,
          entries: entries.map(({ rule, match, matchIndex }) => ({
            rule: rule.id,
            matchIndex: matchIndex === 0 ? null : matchIndex,
            match,
          })),
        })),
      };
    }
    case 'tls':
      return {
        ...listener,
        tls: listener.tls ?? 'passthrough',
        serverNames: listener.serverNames.map(({ hostname, rule }) => ({ hostname, rule: rule.id })),
      };
    case 'tcp':
    case 'udp':
      return { ...listener, rule: listener.rule?.id ?? null };
  }
}

/** null: clients reach the Gateway where it says. */
function movedPorts(port: number, { own, http, https }: ReachedPorts): ReachedPorts | null {
  return own === port && http === 80 && https === 443 ? null : { own, http, https };
}

function rulesOf(bindings: readonly Binding[]): readonly Rule[] {
  const rules = new Map<string, Rule>();
  for (const { listeners } of bindings)
    for (const { virtualHosts } of requestListeners(listeners))
      for (const { entries } of virtualHosts) for (const { rule } of entries) rules.set(rule.id, rule);
  return [...rules.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function streamRulesOf(bindings: readonly Binding[]): readonly StreamRule[] {
  const rules = new Map<string, StreamRule>();
  for (const listener of bindings.flatMap(binding => binding.listeners)) {
    if (listener.kind === 'tls') for (const { rule } of listener.serverNames) rules.set(rule.id, rule);
    if ((listener.kind === 'tcp' || listener.kind === 'udp') && listener.rule !== null)
      rules.set(listener.rule.id, listener.rule);
  }
  return [...rules.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** As a rule; the idle timeout is shown when it is not the default. */
function renderStreamRule({ origin, totalWeight: _, idleTimeoutMs, ...rule }: StreamRule): object {
  const idle = idleTimeoutMs === DEFAULT_IDLE_TIMEOUT_MS[origin.kind] ? null : idleTimeoutMs;
  return { ...rule, ruleName: origin.ruleName, idleTimeoutMs: idle };
}

const DEFAULT_IDLE_TIMEOUT_MS: Readonly<Record<string, number>> = {
  TCPRoute: 3_600_000,
  TLSRoute: 3_600_000,
  UDPRoute: 60_000,
};

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
