// SPDX-License-Identifier: Apache-2.0

/** Why a route may not attach to a Gateway or a ListenerSet, one function per reason. */
import type { Finding } from '../../errors/index.ts';
import { findingOf } from '../report.ts';
import { type AttachableRoute, hostnamesOf } from '../route-kinds.ts';
import type { AskedParent } from './asked-parent.ts';
import type { ListenerTarget, ParentTarget } from './parent-target.ts';

/** No status: what is no Gateway, no ListenerSet and no Service is not ours. */
export function parentKindNotServed(route: AttachableRoute, { ref, path }: AskedParent): Finding {
  return findingOf('route/parent-kind', route, {
    path,
    message: `A ${ref.kind} as parent is not known to daemun; this parentRef has no effect`,
    help: 'Name a Gateway, or a Service with group: ""',
  });
}

/** No status: the process that serves Services writes it. */
export function serviceNotServedHere(route: AttachableRoute, { ref, path }: AskedParent): Finding {
  return findingOf('route/service-not-served-here', route, {
    path,
    message: `Traffic to Service ${ref.name} does not pass this process: the node agent applies this parentRef`,
    help: 'Run the node agent (daemun run --kubernetes --mesh) if there is none',
  });
}

/** NoMatchingParent: no listener has the section name and port. */
export function noMatchingParent(route: AttachableRoute, { ref, path }: AskedParent, parent: ParentTarget): Finding {
  const section = ref.sectionName === undefined ? '' : ` named ${ref.sectionName}`;
  const number = parent.kind === 'Service' ? ` with number ${ref.port}` : ` with port ${ref.port}`;
  const port = ref.port === undefined ? '' : number;
  const [one, all] = parent.kind === 'Service' ? ['port', 'ports'] : ['listener', 'listeners'];
  return findingOf('route/no-matching-parent', route, {
    path,
    message: `${parent.kind} ${parent.key} has no ${one}${section}${port}`,
    help: `Its ${all} are ${parent.listeners.map(l => (l.name === String(l.port) ? l.name : `${l.name} (port ${l.port})`)).join(', ')}`,
  });
}

const LISTENERS_FOR: Readonly<Record<AttachableRoute['kind'], string>> = {
  HTTPRoute: 'an HTTP or HTTPS listener',
  GRPCRoute: 'an HTTP or HTTPS listener',
  TLSRoute: 'a TLS listener',
  TCPRoute: 'a TCP listener',
  UDPRoute: 'a UDP listener',
};

/** NotAllowedByListeners: no listener takes routes of this kind. */
export function kindNotAllowed(
  route: AttachableRoute,
  { path, words, isDefault }: AskedParent,
  listeners: readonly ListenerTarget[],
): Finding {
  if (listeners.some(({ frontend }) => frontend !== null)) return kindNotForPorts(route, path, listeners);
  const which = listeners.map(l => `${l.name} (${l.protocol}) takes ${l.kinds.join(', ') || 'no routes'}`).join('; ');
  return findingOf('route/kind-not-allowed', route, {
    path,
    message: `No listener${isDefault ? ` of ${words}` : ''} takes ${route.kind}s: ${which}`,
    help: `Add {kind: ${route.kind}} to allowedRoutes.kinds of ${LISTENERS_FOR[route.kind]}, or leave kinds out`,
  });
}

function kindNotForPorts(route: AttachableRoute, path: AskedParent['path'], ports: readonly ListenerTarget[]): Finding {
  const which = ports.map(p => `${p.name} (${p.protocol}) takes ${p.kinds.join(', ') || 'no routes'}`).join('; ');
  return findingOf('route/kind-not-for-port', route, {
    path,
    message: `No port of the Service takes ${route.kind}s: ${which}`,
    help:
      route.kind === 'UDPRoute'
        ? 'Datagrams to Services are not routed: attach the route to a Gateway with a UDP listener'
        : 'Name a port that speaks HTTP, or correct its appProtocol (http, kubernetes.io/h2c), or leave that out',
  });
}

/** NotAllowedByListeners: no listener takes routes of this namespace. */
export function namespaceNotAllowed(
  route: AttachableRoute,
  { path }: AskedParent,
  { parent, listeners }: { parent: ParentTarget; listeners: readonly ListenerTarget[] },
): Finding {
  const { namespace } = route.metadata;
  const which = listeners.map(l => `${l.name} (from: ${l.from})`).join(', ');
  const first = listeners[0];
  return findingOf('route/not-allowed-by-listeners', route, {
    path,
    message: `${parent.kind} ${parent.key} does not let routes of namespace ${namespace} attach to ${which}`,
    help: first === undefined ? '' : allowanceToAdd(first, parent, namespace),
  });
}

/** What to write into the parent so that routes of `namespace` may attach. */
function allowanceToAdd(listener: ListenerTarget, { kind }: ParentTarget, namespace: string): string {
  if (listener.from === 'Selector') return `Label namespace ${namespace} so that the listener's selector takes it`;
  return (
    `In listener ${listener.name} of the ${kind} set allowedRoutes: {namespaces: {from: Selector, selector: ` +
    `{matchLabels: {kubernetes.io/metadata.name: ${namespace}}}}}, or from: All`
  );
}

/** NoMatchingParent: the ListenerSet is attached to no Gateway. */
export function parentNotAttached(route: AttachableRoute, { path }: AskedParent, parent: ParentTarget): Finding {
  return findingOf('route/parent-not-attached', route, {
    path,
    message: `${parent.kind} ${parent.key} is attached to no Gateway, so it has no listeners`,
    help: `See the findings of the ${parent.kind}`,
  });
}

/** NoMatchingListenerHostname: no hostname of the route intersects with a listener. */
export function noMatchingHostname(
  route: AttachableRoute,
  { words }: AskedParent,
  listeners: readonly ListenerTarget[],
): Finding {
  const theirs = listeners.map(l => `${l.name} (${l.hostname})`).join(', ');
  return findingOf('route/no-matching-listener-hostname', route, {
    path: ['spec', 'hostnames'],
    message: `None of ${hostnamesOf(route).join(', ')} matches a listener of ${words}: ${theirs}`,
    help: 'Use a hostname that the listener takes; *.example.com takes a.example.com, not example.com',
  });
}
