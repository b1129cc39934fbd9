// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { Labels } from '../namespace-labels.ts';
import { selectsNamespace } from '../namespace-selection.ts';
import type { ParentOutcome, Problem, RouteAcceptedReason } from '../outcomes.ts';
import { type AttachableRoute, hostnamesOf, isRequestRoute } from '../route-kinds.ts';
import type { AskedParent } from './asked-parent.ts';
import { attachedHostnames } from './hostnames.ts';
import type { ListenerTarget, ParentTarget } from './parent-target.ts';
import {
  kindNotAllowed,
  namespaceNotAllowed,
  noMatchingHostname,
  noMatchingParent,
  parentNotAttached,
} from './refusals.ts';

/** Where a route serves traffic: one listener, and the hosts. */
export interface Attachment {
  readonly listener: ListenerTarget;
  /** Sorted, most specific first. */
  readonly hostnames: readonly string[];
}

/** What came of one parent: what the status says of it, and where the route attached through it. */
export interface ParentAttachment {
  readonly outcome: ParentOutcome;
  readonly taken: readonly Attachment[];
}

/** Attaches `route` to those listeners of `parent` that take it. */
export function attachToParent(
  route: AttachableRoute,
  asked: AskedParent,
  { parent, labels }: { readonly parent: ParentTarget; readonly labels: (namespace: string) => Labels },
): ParentAttachment {
  const { taken, problem } = chooseListeners(route, asked, { parent, labels });
  return {
    outcome: {
      parentRef: asked.ref,
      isDefault: asked.isDefault,
      controllerName: parent.controllerName,
      listeners: taken.map(attachment => attachment.listener.id),
      accepted: problem,
      resolvedRefs: null,
    },
    taken,
  };
}

/** The order of the checks is the order of the reasons: section and port, then kind and namespace, then hostname. */
function chooseListeners(
  route: AttachableRoute,
  asked: AskedParent,
  { parent, labels }: { readonly parent: ParentTarget; readonly labels: (namespace: string) => Labels },
): { taken: readonly Attachment[]; problem: Problem<RouteAcceptedReason> | null } {
  const { ref } = asked;
  const refuse = (reason: RouteAcceptedReason, finding: Finding) => ({ taken: [], problem: { reason, finding } });
  if (parent.listeners.length === 0) return refuse('NoMatchingParent', parentNotAttached(route, asked, parent));
  const named = parent.listeners.filter(
    listener =>
      (ref.sectionName === undefined || listener.name === ref.sectionName) &&
      (ref.port === undefined || listener.port === ref.port),
  );
  if (named.length === 0) return refuse('NoMatchingParent', noMatchingParent(route, asked, parent));
  const forKind = named.filter(listener => listener.kinds.includes(route.kind));
  if (forKind.length === 0) return refuse('NotAllowedByListeners', kindNotAllowed(route, asked, named));
  const name = route.metadata.namespace;
  const namespace = { name, labels: labels(name) };
  const allowed = forKind.filter(listener => selectsNamespace(listener, parent.namespace, namespace));
  if (allowed.length === 0)
    return refuse('NotAllowedByListeners', namespaceNotAllowed(route, asked, { parent, listeners: forKind }));
  // Which Service is meant the address said: a host says nothing more (GEP-1294).
  const hostnames = parent.kind === 'Service' && isRequestRoute(route) ? [] : hostnamesOf(route);
  const taken = allowed
    .map(listener => ({ listener, hostnames: attachedHostnames(listener.hostname, hostnames) }))
    .filter(attachment => attachment.hostnames.length > 0);
  if (taken.length === 0) return refuse('NoMatchingListenerHostname', noMatchingHostname(route, asked, allowed));
  return { taken, problem: null };
}
