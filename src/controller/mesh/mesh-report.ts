// SPDX-License-Identifier: Apache-2.0
import { type RedirectorState, redirectionKey } from '../../redirect/index.ts';
import type { Service } from '../../resources/index.ts';
import type { Binding } from '../../snapshot/index.ts';
import { compareStrings, formatNamespacedName, normalAddress } from '../../values/index.ts';
import type { View } from '../shown/view.ts';

/** What an agent does with connections to Services. */
export interface MeshReport {
  /** `live`: connections to frontends come here. `down`: they do not, and `why`. */
  readonly state: RedirectorState;
  /** Ports of Services with routes, one for each ClusterIP; sorted. */
  readonly frontends: readonly ReportedFrontend[];
  /** Services with a ClusterIP and no route: their connections never come here. */
  readonly untouchedServices: number;
}

export interface ReportedFrontend {
  /** `namespace/name`. */
  readonly service: string;
  readonly address: string;
  readonly port: number;
  /** Namespaces whose clients are routed in a way of their own; null among them: all others are routed, too. */
  readonly clients: readonly (string | null)[];
  /** Where connections are led; null: they fall through, to kube-proxy. */
  readonly to: { readonly address: string; readonly port: number } | null;
  /** Why they fall through, in one clause; null: they do not. */
  readonly why: string | null;
  /** That were led here since the redirection was made; null: not known. */
  readonly connections: number | null;
}

/** What the node does, besides the view. */
export interface NodeView {
  readonly state: RedirectorState;
  /** By `redirectionKey`; null: not known. */
  readonly counts: ReadonlyMap<string, number> | null;
  /** See `FrontendPlaces`. */
  closure(frontend: { readonly address: string; readonly port: number }): string | null;
}

type Place = Pick<ReportedFrontend, 'service' | 'address' | 'port' | 'clients'>;

/** Puts together what is routed, what is bound, and what the kernel does. */
export function meshReport(view: View, node: NodeView): MeshReport {
  const routed = routedPorts(view);
  const bindings = new Map(
    view.published.bindings.flatMap(one => (one.frontend === null ? [] : [[redirectionKey(one.frontend), one]])),
  );
  const services = [...view.resources.services];
  const places = services.flatMap(([name, service]) => placesOf(name, service, routed));
  const known = new Set(places.map(({ service }) => service));
  return {
    state: node.state,
    frontends: places
      .map(place => ({ ...place, ...fateOf(place, bindings.get(redirectionKey(place)), { view, node }) }))
      .sort((a, b) => compareStrings(a.service, b.service) || a.port - b.port || compareStrings(a.address, b.address)),
    untouchedServices: services.filter(([name, service]) => !known.has(name) && addressesOf(service).length > 0).length,
  };
}

/** `namespace/name:port` → as in `ReportedFrontend.clients`. */
function routedPorts({ translation }: View): ReadonlyMap<string, Set<string | null>> {
  const routed = new Map<string, Set<string | null>>();
  for (const { parents } of translation.outcomes.routes.values()) {
    for (const { listeners } of parents) {
      for (const id of listeners) {
        // As `Listener.id` has it.
        const [, port = '', clients = null] = /^Service\/([^/]+\/[^/]+:\d+)(?:\/(.+))?$/.exec(id) ?? [];
        if (port !== '') routed.set(port, (routed.get(port) ?? new Set()).add(clients));
      }
    }
  }
  return routed;
}

function placesOf(
  service: string,
  { spec, ...rest }: Service,
  routed: ReadonlyMap<string, Set<string | null>>,
): readonly Place[] {
  return spec.ports.flatMap(({ port, protocol }) => {
    const clients = routed.get(`${service}:${port}`);
    if (clients === undefined || protocol !== 'TCP') return [];
    const sorted = [...clients].sort((a, b) => compareStrings(a ?? '', b ?? ''));
    return addressesOf({ spec, ...rest }).map(address => ({ service, address, port, clients: sorted }));
  });
}

function addressesOf({ spec }: Pick<Service, 'spec'>): readonly string[] {
  const { clusterIPs, clusterIP = '' } = spec;
  return (clusterIPs ?? [clusterIP]).flatMap(address => normalAddress(address) ?? []);
}

function fateOf(
  place: Place,
  binding: Binding | undefined,
  { view, node }: { readonly view: View; readonly node: NodeView },
): Pick<ReportedFrontend, 'to' | 'why' | 'connections'> {
  const why = whyNot(place, binding, { view, node });
  if (why !== null || binding === undefined) return { to: null, why, connections: null };
  const { address, port } = binding;
  return { to: { address, port }, why, connections: node.counts?.get(redirectionKey(place)) ?? null };
}

function whyNot(
  place: Place,
  binding: Binding | undefined,
  { view, node }: { readonly view: View; readonly node: NodeView },
): string | null {
  if (node.state.kind !== 'live') return node.state.kind === 'down' ? node.state.why : 'the agent is stopping';
  if (binding?.frontend && formatNamespacedName(binding.frontend) !== place.service)
    return `Service ${formatNamespacedName(binding.frontend)} has this address and port`;
  if (binding !== undefined) return view.bindFailures.get(binding.id)?.message ?? null;
  return node.closure(place) ?? 'it was not published; see the conditions of its routes';
}
