// SPDX-License-Identifier: Apache-2.0

import type { DataPlaneDump } from '../../proxy/index.ts';
import { REDACTED } from '../../resources/index.ts';
import {
  type Binding,
  type Certificate,
  type ClientNamespace,
  type Cluster,
  type Endpoint,
  endpointsOf,
  type Listener,
  routesRequests,
  type TrustBundle,
} from '../../snapshot/index.ts';
import type { Outcomes } from '../../translate/index.ts';
import type { View } from './view.ts';

/** A socket to listen on, and why it is not listened on. */
export type DumpedBinding = Binding & {
  /** What the OS says against it; null when it is bound, or nobody tried (offline). */
  readonly problem: string | null;
};

export interface DumpedEndpoints {
  readonly cluster: string;
  readonly endpoints: readonly Endpoint[];
}

/** What the data plane was given, keys left out, and what its workers say of themselves. */
export interface ConfigDump {
  readonly version: number;
  readonly bindings: readonly DumpedBinding[];
  readonly clusters: readonly Cluster[];
  readonly endpoints: readonly DumpedEndpoints[];
  readonly certificates: readonly Certificate[];
  readonly trustBundles: readonly TrustBundle[];
  readonly clients: readonly ClientNamespace[];
  /** The workers' own view: connections, endpoint health. null offline. */
  readonly live: DataPlaneDump | null;
}

/** Makes the dump. `live`: from `DataPlane.dump()`, or null. */
export function dumpConfig(view: Pick<View, 'published' | 'translation'>, live: DataPlaneDump | null): ConfigDump {
  const { version, clusters, trustBundles, clients } = view.published;
  const endpoints = view.published.endpoints.map(set => ({ cluster: set.cluster, endpoints: endpointsOf(set) }));
  const unbound = unboundListeners(view.translation.outcomes);
  const bindings = view.published.bindings.map(binding => ({
    ...binding,
    listeners: binding.listeners.map(withoutTokens),
    problem: binding.listeners.map(({ id }) => unbound.get(id)).find(problem => problem !== undefined) ?? null,
  }));
  const certificates = view.published.certificates.map(certificate => ({ ...certificate, key: REDACTED }));
  return { version, bindings, clusters, endpoints, certificates, trustBundles, clients, live };
}

/** What exports of spans carry may prove who sends them. */
function withoutTokens(listener: Listener): Listener {
  if (!routesRequests(listener) || listener.tracing === null) return listener;
  const { collector } = listener.tracing;
  const headers = collector.headers.map(({ name }) => ({ name, value: REDACTED }));
  return { ...listener, tracing: { ...listener.tracing, collector: { ...collector, headers } } };
}

function unboundListeners({ gateways, listenerSets }: Outcomes): ReadonlyMap<string, string> {
  const problems = new Map<string, string>();
  for (const { listeners } of [...gateways.values(), ...listenerSets.values()]) {
    for (const { id, programmed } of listeners) {
      if (programmed?.reason === 'PortUnavailable') problems.set(id, programmed.finding.message);
    }
  }
  return problems;
}
