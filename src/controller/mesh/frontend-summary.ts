// SPDX-License-Identifier: Apache-2.0
import { type Binding, type Listener, type RuleOrigin, routesRequests } from '../../snapshot/index.ts';

/** What one group of clients meets at a port of a Service, as the start-up table shows it. */
export interface FrontendSummary {
  /** `namespace/name:port`. */
  readonly service: string;
  /** Where it is bound. */
  readonly bound: { readonly address: string; readonly port: number };
  /** A namespace; null: all that no other group is for. */
  readonly clients: string | null;
  /** Of the routes that are applied, or `Service`: its endpoints get all bytes, for no route is for these clients. */
  readonly kind: string;
  /** `namespace/name` each, sorted. */
  readonly routes: readonly string[];
}

/** All of them, by Service and port, those for all others first. */
export function summarizeFrontends(bindings: readonly Binding[]): FrontendSummary[] {
  return bindings.flatMap(({ frontend, address, port, listeners }) => {
    if (frontend === null) return [];
    const service = `${frontend.namespace}/${frontend.name}:${frontend.port}`;
    return listeners.map(listener => {
      const origins = originsOf(listener);
      const routes = [...new Set(origins.map(({ namespace, name }) => `${namespace}/${name}`))].sort();
      const { clients } = listener;
      return { service, bound: { address, port }, clients, kind: origins[0]?.kind ?? '', routes };
    });
  });
}

function originsOf(listener: Listener): readonly RuleOrigin[] {
  if (routesRequests(listener))
    return listener.virtualHosts.flatMap(({ entries }) => entries.map(({ rule }) => rule.origin));
  if (listener.kind === 'tls') return listener.serverNames.map(({ rule }) => rule.origin);
  return listener.rule === null ? [] : [listener.rule.origin];
}
