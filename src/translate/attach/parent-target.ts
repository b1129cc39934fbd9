// SPDX-License-Identifier: Apache-2.0

import { compareHostnames, isLoopback, type WrittenLabelSelector } from '../../values/index.ts';
import type { AcceptedGateway, AcceptedListener } from '../accept/gateways.ts';
import { share } from '../share.ts';

/** All that attaching a route depends on in a Gateway. Keeps its identity while none of it changes. */
export interface ParentTarget {
  /** `namespace/name`. */
  readonly key: string;
  readonly namespace: string;
  readonly controllerName: string;
  readonly listeners: readonly ListenerTarget[];
}

export interface ListenerTarget {
  /** `namespace/gateway/listener`. */
  readonly id: string;
  readonly name: string;
  /** As written in the Gateway; parentRef.port means this one. */
  readonly port: number;
  readonly protocol: string;
  /** `*` when it has none. */
  readonly hostname: string;
  readonly secure: boolean;
  /** False: only this machine reaches it. */
  readonly isPublic: boolean;
  /** Some proxies are believed what they say of clients. */
  readonly trustsProxies: boolean;
  readonly carriesTraffic: boolean;
  readonly kinds: readonly string[];
  readonly from: string;
  /** null: takes no namespace. */
  readonly selector: WrittenLabelSelector | null;
  /** Other working listeners of the port, most specific first: hosts that those before us take never arrive here. */
  readonly neighbours: readonly Neighbour[];
}

/** A listener on the same port. */
export interface Neighbour {
  readonly id: string;
  readonly hostname: string;
}

/** The view of `accepted` that routes attach to. */
function parentTarget(accepted: AcceptedGateway): ParentTarget {
  const isPublic = accepted.addresses.some(address => !isLoopback(address));
  return {
    key: accepted.key,
    namespace: accepted.gateway.metadata.namespace,
    controllerName: accepted.controllerName,
    listeners: accepted.listeners.map(listener => listenerTarget(listener, accepted, isPublic)),
  };
}

function listenerTarget(listener: AcceptedListener, accepted: AcceptedGateway, isPublic: boolean): ListenerTarget {
  const { spec, id, hostname, protocol, kinds } = listener.judged;
  const namespaces = spec.allowedRoutes?.namespaces;
  return {
    id,
    name: spec.name,
    port: spec.port,
    protocol: spec.protocol,
    hostname,
    secure: protocol?.secure === true,
    isPublic,
    trustsProxies: accepted.trustedProxies.length > 0,
    carriesTraffic: listener.sockets.length > 0,
    kinds: kinds.map(kind => kind.kind),
    from: namespaces?.from ?? 'Same',
    selector: namespaces?.selector ?? null,
    neighbours: accepted.listeners
      .filter(other => other !== listener && other.sockets.length > 0 && other.judged.spec.port === spec.port)
      .map(other => ({ id: other.judged.id, hostname: other.judged.hostname }))
      .sort((a, b) => compareHostnames(a.hostname, b.hostname)),
  };
}

/** The targets of all Gateways, by key; the map and each target keep their identity while nothing in them changes. */
export function parentTargets(
  gateways: ReadonlyMap<string, AcceptedGateway>,
  previous: ReadonlyMap<string, ParentTarget> | undefined,
): ReadonlyMap<string, ParentTarget> {
  const targets = new Map<string, ParentTarget>();
  let same = previous?.size === gateways.size;
  for (const [key, accepted] of gateways) {
    const before = previous?.get(key);
    const target = share(before, parentTarget(accepted));
    if (target !== before) same = false;
    targets.set(key, target);
  }
  return same && previous !== undefined ? previous : targets;
}
