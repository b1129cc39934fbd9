// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import { GATEWAY_GROUP, type Gateway, type ListenerSet, type ResourceSet } from '../../resources/index.ts';
import { formatNamespacedName } from '../../values/index.ts';
import { compareAge } from '../age.ts';
import type { TranslateEnvironment } from '../environment.ts';
import type { ListenerSite } from '../listener-site.ts';
import { namespaceLabels } from '../namespace-labels.ts';
import { type NamespaceSelection, selectorProblem, selectsNamespace } from '../namespace-selection.ts';
import type { Problem } from '../outcomes.ts';
import { findingOf, nameOf } from '../report.ts';
import { missingText } from '../resolve/missing-object.ts';
import { type AcceptedClasses, IMPLIED_CONTROLLER_NAME } from './classes.ts';

/** Which ListenerSets are ours, and whose listeners Gateways take over. */
export interface AcceptedSets {
  /** By Gateway, in the order of precedence: oldest first (ListenerSetSpec.listeners). */
  readonly attached: ReadonlyMap<string, readonly ListenerSet[]>;
  /** Ours, and attached to no Gateway. */
  readonly refused: readonly RefusedSet[];
}

export interface RefusedSet {
  /** `namespace/name`. */
  readonly key: string;
  readonly set: ListenerSet;
  readonly controllerName: string;
  readonly problem: Problem<'NotAllowed' | 'ParentNotAccepted'>;
}

interface World {
  readonly resources: ResourceSet;
  readonly environment: TranslateEnvironment;
}

/** Attaches each ListenerSet to the Gateway that it names, when that is ours and takes it (Gateway.spec.allowedListeners). */
export function acceptListenerSets(classes: AcceptedClasses, world: World): AcceptedSets {
  const attached = new Map<string, ListenerSet[]>();
  const refused: RefusedSet[] = [];
  const oldestFirst = [...world.resources.listenerSets.values()].sort((a, b) => compareAge(a.metadata, b.metadata));
  for (const set of oldestFirst) {
    const parent = gatewayOf(set);
    const refusal = judgeParent(set, parent, { classes, world });
    if (refusal === undefined) continue;
    if (refusal !== null) {
      refused.push(refusal);
      continue;
    }
    const others = attached.get(parent);
    if (others === undefined) attached.set(parent, [set]);
    else others.push(set);
  }
  return { attached, refused };
}

/** null: it is attached; undefined: it is not ours. */
function judgeParent(
  set: ListenerSet,
  parent: string,
  { classes, world }: { readonly classes: AcceptedClasses; readonly world: World },
): RefusedSet | null | undefined {
  const { kind, group } = set.spec.parentRef;
  if (kind !== 'Gateway' || group !== GATEWAY_GROUP) return unattached(set, world, parentKind);
  const gateway = world.resources.gateways.get(parent);
  return gateway === undefined ? unattached(set, world, missingGateway) : refusalOf(set, { gateway, classes, world });
}

/** Listeners of a Gateway: its own, or those that a ListenerSet adds. */
export type ListenersOf = Pick<ListenerSite, 'gateway' | 'owner'>;

/** Every Gateway, and every ListenerSet that names one of them, whether or not that takes it. */
export function listenerOwners({
  gateways,
  listenerSets,
}: Pick<ResourceSet, 'gateways' | 'listenerSets'>): readonly ListenersOf[] {
  const own = [...gateways.values()].map(gateway => ({ gateway, owner: gateway }));
  const added = [...listenerSets.values()].flatMap(owner => {
    const gateway = gateways.get(gatewayOf(owner));
    return gateway === undefined ? [] : [{ gateway, owner }];
  });
  return [...own, ...added];
}

/** The Gateway that the parentRef names, as `namespace/name`. */
export function gatewayOf({ spec, metadata }: ListenerSet): string {
  return `${spec.parentRef.namespace ?? metadata.namespace}/${spec.parentRef.name}`;
}

/** null: it is attached; undefined: it is not ours. */
function refusalOf(
  set: ListenerSet,
  { gateway, classes, world }: { readonly gateway: Gateway; readonly classes: AcceptedClasses; readonly world: World },
): RefusedSet | null | undefined {
  const controllerName = classes.controllerOf(gateway);
  if (controllerName === undefined) return undefined;
  const allowed = allowedListeners(gateway);
  const { namespace } = set.metadata;
  const labels = namespaceLabels(world.resources, namespace);
  if (selectsNamespace(allowed, gateway.metadata.namespace, { name: namespace, labels })) return null;
  const finding = findingOf('listener-set/not-allowed', set, {
    path: ['spec', 'parentRef'],
    message: `${nameOf(gateway)} does not take ListenerSets of namespace ${namespace} (allowedListeners from: ${allowed.from})`,
    help: allowanceToAdd(gateway, namespace),
  });
  const key = formatNamespacedName(set.metadata);
  return { key, set, controllerName, problem: { reason: 'NotAllowed', finding } };
}

function allowedListeners(gateway: Gateway): NamespaceSelection {
  return gateway.spec.allowedListeners?.namespaces ?? { from: 'None' };
}

function allowanceToAdd(gateway: Gateway, namespace: string): string {
  if (allowedListeners(gateway).from === 'Selector')
    return `Label namespace ${namespace} so that the selector of the Gateway takes it`;
  const same = namespace === gateway.metadata.namespace;
  const from = same
    ? 'from: Same'
    : `from: Selector, selector: {matchLabels: {kubernetes.io/metadata.name: ${namespace}}}`;
  return `In the Gateway set allowedListeners: {namespaces: {${from}}}`;
}

/** Standalone only: in a cluster another controller may know the kind, or have the Gateway. */
function unattached(
  set: ListenerSet,
  { environment }: World,
  why: (set: ListenerSet, environment: TranslateEnvironment) => Finding,
): RefusedSet | undefined {
  if (environment.controllerName !== null) return undefined;
  const key = formatNamespacedName(set.metadata);
  const problem = { reason: 'ParentNotAccepted' as const, finding: why(set, environment) };
  return { key, set, controllerName: IMPLIED_CONTROLLER_NAME, problem };
}

function missingGateway(set: ListenerSet, environment: TranslateEnvironment): Finding {
  const { parentRef } = set.spec;
  const target = { kind: 'Gateway', namespace: parentRef.namespace ?? set.metadata.namespace, name: parentRef.name };
  return findingOf('listener-set/parent-not-found', set, {
    path: ['spec', 'parentRef'],
    ...missingText(target, environment.refused?.get(`Gateway/${formatNamespacedName(target)}`), {
      help: 'Create it, or correct name and namespace of the parentRef',
    }),
  });
}

function parentKind(set: ListenerSet): Finding {
  const { group, kind } = set.spec.parentRef;
  return findingOf('listener-set/parent-kind', set, {
    path: ['spec', 'parentRef', 'kind'],
    message: `parentRef names a ${group === '' ? kind : `${kind} (${group})`}; listeners can be added to Gateways only`,
    help: 'Name a Gateway, or leave kind and group out',
  });
}

/** Says that `allowedListeners` has a selector that Kubernetes could not evaluate, and so takes nothing. */
export function unusableAllowedListeners(gateway: Gateway): readonly Finding[] {
  const problem = selectorProblem(allowedListeners(gateway));
  if (problem === undefined) return [];
  return [
    findingOf('gateway/invalid-selector', gateway, {
      path: ['spec', 'allowedListeners', 'namespaces', 'selector', ...problem.path],
      message: `allowedListeners has a namespace selector that cannot be used: ${problem.problem}; no ListenerSet is taken`,
      help: 'Write matchLabels, or matchExpressions with In, NotIn, Exists or DoesNotExist',
    }),
  ];
}
