// SPDX-License-Identifier: Apache-2.0

/** Why a route may not attach to a Gateway or a ListenerSet, one function per reason. */
import type { Finding } from '../../errors/index.ts';
import { NOT_YET_SERVED } from '../../resources/index.ts';
import { findingOf } from '../report.ts';
import { type AttachableRoute, hostnamesOf } from '../route-kinds.ts';
import type { AskedParent } from './asked-parent.ts';
import type { ListenerTarget, ParentTarget } from './parent-target.ts';

/** No status: what is no Gateway and no ListenerSet is not ours. `isMesh`: it is a Service. */
export function parentKindNotServed(route: AttachableRoute, { ref, path }: AskedParent, isMesh: boolean): Finding {
  const what = isMesh
    ? `${ref.kind} as parent (mesh) ${NOT_YET_SERVED}`
    : `${ref.kind} as parent is not known to daemun`;
  return findingOf(isMesh ? 'route/mesh-not-yet-supported' : 'route/parent-kind', route, {
    path,
    message: `A ${what}; this parentRef has no effect`,
    help: 'Name a Gateway to serve the route now',
  });
}

/** NoMatchingParent: no listener has the section name and port. */
export function noMatchingParent(route: AttachableRoute, { ref, path }: AskedParent, parent: ParentTarget): Finding {
  const section = ref.sectionName === undefined ? '' : ` named ${ref.sectionName}`;
  const port = ref.port === undefined ? '' : ` with port ${ref.port}`;
  return findingOf('route/no-matching-parent', route, {
    path,
    message: `${parent.kind} ${parent.key} has no listener${section}${port}`,
    help: `Its listeners are ${parent.listeners.map(l => `${l.name} (port ${l.port})`).join(', ')}`,
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
  const which = listeners.map(l => `${l.name} (${l.protocol}) takes ${l.kinds.join(', ') || 'no routes'}`).join('; ');
  return findingOf('route/kind-not-allowed', route, {
    path,
    message: `No listener${isDefault ? ` of ${words}` : ''} takes ${route.kind}s: ${which}`,
    help: `Add {kind: ${route.kind}} to allowedRoutes.kinds of ${LISTENERS_FOR[route.kind]}, or leave kinds out`,
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
