// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import { GATEWAY_GROUP, type ParentReference } from '../../resources/index.ts';
import { fitted, formatNamespacedName } from '../../values/index.ts';
import { IMPLIED_CONTROLLER_NAME } from '../accept/classes.ts';
import type { Labels } from '../namespace-labels.ts';
import { selectsNamespace } from '../namespace-selection.ts';
import { notServedParent } from '../not-served.ts';
import type { ParentOutcome, Problem, RouteAcceptedReason } from '../outcomes.ts';
import { findingOf, nameOf } from '../report.ts';
import { missingText } from '../resolve/missing-object.ts';
import { coreGroup } from '../resolve/reference-grants.ts';
import { type AttachableRoute, hostnamesOf } from '../route-kinds.ts';
import { attachedHostnames } from './hostnames.ts';
import type { ListenerTarget, ParentTarget } from './parent-target.ts';
import {
  kindNotAllowed,
  type NumberedRef,
  namespaceNotAllowed,
  noMatchingHostname,
  noMatchingParent,
  parentNotAttached,
} from './refusals.ts';

/** The parts of the world that attaching looks at. */
export interface AttachContext {
  /** By `Kind/namespace/name`. */
  parent(key: string): ParentTarget | undefined;
  labels(namespace: string): Labels;
  /** Why an object (`Kind/namespace/name`) that is written does not exist; undefined when it is not written. */
  refusal(key: string): string | undefined;
  /** A Gateway or ListenerSet that does not exist is reported on the route, since no other controller will. */
  readonly standalone: boolean;
}

/** Where a route serves traffic: one listener, and the hosts. */
export interface Attachment {
  readonly listener: ListenerTarget;
  /** Sorted, most specific first. */
  readonly hostnames: readonly string[];
}

export interface RouteAttachment {
  readonly parents: readonly ParentOutcome[];
  /** At most one per listener. */
  readonly attachments: readonly Attachment[];
  readonly findings: readonly Finding[];
}

/** Attaches `route` through each of its parentRefs. */
export function attachRoute(route: AttachableRoute, context: AttachContext): RouteAttachment {
  const parents: ParentOutcome[] = [];
  const findings: Finding[] = [];
  const attachments = new Map<string, Attachment>();
  (route.spec.parentRefs ?? []).forEach((ref, index) => {
    const key = parentKey(route, ref);
    if (key === undefined) {
      const isMesh = coreGroup(ref.group) === '' && ref.kind === 'Service';
      findings.push(notServedParent(route, { path: ['spec', 'parentRefs', index], ref, isMesh }));
      return;
    }
    const outcome = attachToParent(route, { ref, index }, { key, context, attachments });
    if (outcome === undefined) return;
    parents.push(outcome);
    if (outcome.accepted !== null) findings.push(outcome.accepted.finding);
  });
  const list = [...attachments.values()];
  findings.push(...attachmentFindings(route, list));
  return { parents: fitted(parents), attachments: fitted(list), findings };
}

/** The Gateway or ListenerSet that a parentRef names, as `Kind/namespace/name`; undefined when it names something else. */
export function parentKey(route: AttachableRoute, ref: ParentReference): string | undefined {
  if ((ref.kind !== 'Gateway' && ref.kind !== 'ListenerSet') || ref.group !== GATEWAY_GROUP) return undefined;
  return `${ref.kind}/${ref.namespace ?? route.metadata.namespace}/${ref.name}`;
}

function attachToParent(
  route: AttachableRoute,
  { ref, index }: NumberedRef,
  {
    key,
    context,
    attachments,
  }: { readonly key: string; readonly context: AttachContext; readonly attachments: Map<string, Attachment> },
): ParentOutcome | undefined {
  const parent = context.parent(key);
  if (parent === undefined) return context.standalone ? missingParent(route, { ref, index }, context) : undefined;
  const { taken, problem } = chooseListeners(route, { ref, index }, { parent, context });
  for (const attachment of taken) attachments.set(attachment.listener.id, attachment);
  const listeners = taken.map(attachment => attachment.listener.id);
  return { index, controllerName: parent.controllerName, listeners, accepted: problem };
}

function missingParent(route: AttachableRoute, { ref, index }: NumberedRef, context: AttachContext): ParentOutcome {
  const target = { kind: ref.kind, namespace: ref.namespace ?? route.metadata.namespace, name: ref.name };
  const key = `${ref.kind}/${formatNamespacedName(target)}`;
  const finding = findingOf('route/parent-not-found', route, {
    path: ['spec', 'parentRefs', index],
    ...missingText(target, context.refusal(key), {
      help: 'Create it, or correct name and namespace of the parentRef',
    }),
  });
  return {
    index,
    controllerName: IMPLIED_CONTROLLER_NAME,
    listeners: [],
    accepted: { reason: 'NoMatchingParent', finding },
  };
}

/** The order of the checks is the order of the reasons: section and port, then kind and namespace, then hostname. */
function chooseListeners(
  route: AttachableRoute,
  { ref, index }: NumberedRef,
  { parent, context }: { parent: ParentTarget; context: AttachContext },
): { taken: readonly Attachment[]; problem: Problem<RouteAcceptedReason> | null } {
  const refuse = (reason: RouteAcceptedReason, finding: Finding) => ({ taken: [], problem: { reason, finding } });
  if (parent.listeners.length === 0) return refuse('NoMatchingParent', parentNotAttached(route, index, parent));
  const named = parent.listeners.filter(
    listener =>
      (ref.sectionName === undefined || listener.name === ref.sectionName) &&
      (ref.port === undefined || listener.port === ref.port),
  );
  if (named.length === 0) return refuse('NoMatchingParent', noMatchingParent(route, { ref, index }, parent));
  const forKind = named.filter(listener => listener.kinds.includes(route.kind));
  if (forKind.length === 0) return refuse('NotAllowedByListeners', kindNotAllowed(route, index, named));
  const name = route.metadata.namespace;
  const namespace = { name, labels: context.labels(name) };
  const allowed = forKind.filter(listener => selectsNamespace(listener, parent.namespace, namespace));
  if (allowed.length === 0)
    return refuse('NotAllowedByListeners', namespaceNotAllowed(route, index, { parent, listeners: forKind }));
  const hostnames = hostnamesOf(route);
  const taken = allowed
    .map(listener => ({ listener, hostnames: attachedHostnames(listener.hostname, hostnames) }))
    .filter(attachment => attachment.hostnames.length > 0);
  if (taken.length === 0) return refuse('NoMatchingListenerHostname', noMatchingHostname(route, index, allowed));
  return { taken, problem: null };
}

function attachmentFindings(route: AttachableRoute, attachments: readonly Attachment[]): readonly Finding[] {
  if (attachments.length === 0 || attachments.some(({ listener }) => listener.carriesTraffic)) return [];
  const ids = attachments.map(({ listener }) => listener.id).join(', ');
  return [
    findingOf('route/no-working-listener', route, {
      path: ['spec', 'parentRefs'],
      message: `${nameOf(route)} is attached, but gets no traffic: no listener of ${ids} is working`,
      help: 'See the findings of the Gateway',
    }),
  ];
}
