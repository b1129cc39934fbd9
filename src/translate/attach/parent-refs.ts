// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import { fitted, formatNamespacedName } from '../../values/index.ts';
import { IMPLIED_CONTROLLER_NAME } from '../accept/classes.ts';
import type { Labels } from '../namespace-labels.ts';
import type { ParentOutcome } from '../outcomes.ts';
import { findingOf, nameOf } from '../report.ts';
import { missingText } from '../resolve/missing-object.ts';
import type { AttachableRoute } from '../route-kinds.ts';
import { type AskedParent, isServiceRef, namedParent, parentKey } from './asked-parent.ts';
import { type Attachment, attachToParent, type ParentAttachment } from './choose-listeners.ts';
import { attachToDefaults, type DefaultGateway, noDefaultGateway, usesDefaultGateways } from './default-gateways.ts';
import type { ParentTarget } from './parent-target.ts';
import { parentKindNotServed, serviceNotServedHere } from './refusals.ts';
import { attachToService, type ServiceContext } from './service-parents.ts';

/** The parts of the world that attaching looks at. */
export interface AttachContext extends Omit<ServiceContext, 'mesh'> {
  /** null: ports of Services are served by other processes. */
  readonly mesh: ServiceContext['mesh'] | null;
  /** By `Kind/namespace/name`. */
  parent(key: string): ParentTarget | undefined;
  readonly defaults: readonly DefaultGateway[];
  labels(namespace: string): Labels;
  /** A Gateway or ListenerSet that does not exist is reported on the route, since no other controller will. */
  readonly standalone: boolean;
}

export interface RouteAttachment {
  readonly parents: readonly ParentOutcome[];
  /** At most one per listener. */
  readonly attachments: readonly Attachment[];
  readonly findings: readonly Finding[];
}

/** Attaches `route` through each of its parentRefs, then to the default Gateways if it uses those. */
export function attachRoute(route: AttachableRoute, context: AttachContext): RouteAttachment {
  const parents: ParentOutcome[] = [];
  const findings: Finding[] = [];
  const attachments = new Map<string, Attachment>();
  const add = ({ outcome, taken }: ParentAttachment): void => {
    parents.push(outcome);
    if (outcome.accepted !== null) findings.push(outcome.accepted.finding);
    for (const attachment of taken) attachments.set(attachment.listener.id, attachment);
  };
  for (const [index, ref] of (route.spec.parentRefs ?? []).entries()) {
    const asked = namedParent(ref, index);
    const key = parentKey(route, ref);
    if (key === undefined) {
      findings.push(parentKindNotServed(route, asked));
      continue;
    }
    if (isServiceRef(ref)) {
      const { mesh } = context;
      if (mesh === null) findings.push(serviceNotServedHere(route, asked));
      else {
        const attached = attachToService(route, asked, { ...context, mesh });
        add(attached);
        findings.push(...attached.findings);
      }
      continue;
    }
    const parent = context.parent(key);
    if (parent !== undefined) add(attachToParent(route, asked, { parent, labels: context.labels }));
    else if (context.standalone) add({ outcome: missingParent(route, asked, context), taken: [] });
  }
  if (usesDefaultGateways(route)) {
    for (const attached of attachToDefaults(route, context.defaults, context.labels)) add(attached);
    if (context.standalone && context.defaults.length === 0) findings.push(noDefaultGateway(route));
  }
  const list = withSharedHosts([...attachments.values()]);
  findings.push(...attachmentFindings(route, list));
  return { parents: fitted(parents), attachments: fitted(list), findings };
}

/** A route with many hostnames at many listeners mostly has the same at all of them. */
function withSharedHosts(attachments: readonly Attachment[]): readonly Attachment[] {
  if (attachments.length < 2) return attachments;
  const known = new Map<string, readonly string[]>();
  return attachments.map(({ listener, hostnames }) => {
    const key = hostnames.join(' ');
    const shared = known.get(key) ?? hostnames;
    known.set(key, shared);
    return { listener, hostnames: shared };
  });
}

function missingParent(route: AttachableRoute, { ref, path }: AskedParent, context: AttachContext): ParentOutcome {
  const target = { kind: ref.kind, namespace: ref.namespace ?? route.metadata.namespace, name: ref.name };
  const key = `${ref.kind}/${formatNamespacedName(target)}`;
  const finding = findingOf('route/parent-not-found', route, {
    path,
    ...missingText(target, context.refusal(key), {
      help: 'Create it, or correct name and namespace of the parentRef',
    }),
  });
  return {
    parentRef: ref,
    isDefault: false,
    controllerName: IMPLIED_CONTROLLER_NAME,
    listeners: [],
    accepted: { reason: 'NoMatchingParent', finding },
    resolvedRefs: null,
  };
}

function attachmentFindings(route: AttachableRoute, attachments: readonly Attachment[]): readonly Finding[] {
  // What is of a Service has said so itself.
  const ofGateways = attachments.filter(({ listener }) => listener.frontend === null);
  if (ofGateways.length === 0 || attachments.some(({ listener }) => listener.carriesTraffic)) return [];
  const ids = ofGateways.map(({ listener }) => listener.id).join(', ');
  return [
    findingOf('route/no-working-listener', route, {
      path: ['spec', route.spec.parentRefs === undefined ? 'useDefaultGateways' : 'parentRefs'],
      message: `${nameOf(route)} is attached, but gets no traffic: no listener of ${ids} is working`,
      help: 'See the findings of the Gateway',
    }),
  ];
}
