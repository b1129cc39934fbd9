// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { Gateway, GatewayClass, ListenerSet, Resource, ResourceSet, XMesh } from '../../resources/index.ts';
import { formatNamespacedName } from '../../values/index.ts';
import { IMPLIED_CONTROLLER_NAME } from '../accept/classes.ts';
import { gatewayOf } from '../accept/listener-sets.ts';
import { updateMap } from '../changes.ts';
import type {
  GatewayClassOutcome,
  GatewayOutcome,
  ListenerSetOutcome,
  MeshOutcome,
  Outcomes,
  PolicyOutcome,
  RouteOutcome,
} from '../outcomes.ts';
import type { AttachableRoute } from '../route-kinds.ts';
import { fallenBack, neverServed } from '../rules/fallen-back.ts';
import type { SetAside } from '../set-aside.ts';
import type { Translation } from '../translation.ts';

/** How the conditions of an object say that it was set aside: type → reasons. */
export const ASIDE_REASONS: ReadonlyMap<string, readonly string[]> = new Map([
  ['Accepted', ['Pending', 'Invalid']],
  ['PartiallyInvalid', ['UnsupportedValue']],
]);

/** What a translation was made of. */
export interface TranslatedWorld {
  readonly resources: ResourceSet;
  /** As in `TranslateEnvironment`. */
  readonly controllerName: string | null;
}

/**
 * `translation` with what there is to say of objects whose changes were left out of it. The result must not be given to `translate` as
 * `previous`: it is for people and statuses.
 */
export function tellAside(
  translation: Translation,
  world: TranslatedWorld,
  setAside: readonly SetAside[],
): Translation {
  const { snapshot, memory } = translation;
  const { targets } = memory.routes;
  let { outcomes } = translation;
  for (const { written, served, finding } of setAside) {
    if (written === undefined) continue;
    outcomes = withOutcomeIfAny(written, { served, finding, outcomes, world, parent: key => targets.get(key) });
  }
  return {
    snapshot,
    outcomes,
    get findings() {
      return [...translation.findings, ...setAside.map(({ finding }) => finding)];
    },
    get moreWarnings() {
      return translation.moreWarnings;
    },
    memory,
    setAside,
  };
}

interface Aside {
  readonly served: Resource | undefined;
  readonly finding: Finding;
  readonly outcomes: Outcomes;
  readonly world: TranslatedWorld;
  readonly parent: Parameters<typeof neverServed>[2]['parent'];
}

/** What broke us may break this as well: then the finding has to do. */
function withOutcomeIfAny(written: Resource, aside: Aside): Outcomes {
  try {
    return withOutcome(written, aside);
  } catch {
    return aside.outcomes;
  }
}

/** The outcomes with that of one object; kinds without a status of ours have none. */
function withOutcome(written: Resource, aside: Aside): Outcomes {
  const { outcomes } = aside;
  const name = formatNamespacedName(written.metadata);
  const key = `${written.kind}/${name}`;
  switch (written.kind) {
    case 'GatewayClass':
      return { ...outcomes, gatewayClasses: put(outcomes.gatewayClasses, name, classOutcome(written, aside)) };
    case 'XMesh':
      return { ...outcomes, meshes: put(outcomes.meshes, name, meshOutcome(written, aside)) };
    case 'Gateway':
      return { ...outcomes, gateways: put(outcomes.gateways, name, gatewayOutcome(written, aside)) };
    case 'ListenerSet':
      return { ...outcomes, listenerSets: put(outcomes.listenerSets, name, setOutcome(written, aside)) };
    case 'HTTPRoute':
    case 'GRPCRoute':
    case 'TLSRoute':
    case 'TCPRoute':
    case 'UDPRoute':
      return { ...outcomes, routes: put(outcomes.routes, key, routeOutcome(written, aside)) };
    case 'BackendTLSPolicy':
    case 'XBackend':
    case 'XBackendTrafficPolicy':
    case 'XTelemetryPolicy':
      return { ...outcomes, policies: put(outcomes.policies, key, policyOutcome(key, aside)) };
    case 'ReferenceGrant':
    case 'Service':
    case 'EndpointSlice':
    case 'Endpoints':
    case 'Pod':
    case 'Secret':
    case 'ConfigMap':
    case 'ClusterTrustBundle':
    case 'Namespace':
    case 'Deployment':
      return outcomes;
  }
}

function put<O>(outcomes: ReadonlyMap<string, O>, key: string, outcome: O | undefined): ReadonlyMap<string, O> {
  return outcome === undefined ? outcomes : updateMap(outcomes, new Map([[key, outcome]]));
}

function classOutcome(
  { metadata, spec }: GatewayClass,
  { outcomes, world, finding }: Aside,
): GatewayClassOutcome | undefined {
  const { gatewayClasses } = outcomes;
  const served = gatewayClasses.get(metadata.name);
  if (served === undefined && !isOurs(spec, world)) return undefined;
  const [lacking = LACKING_NOTHING] = [served, ...gatewayClasses.values()].flatMap(one => one?.lacking ?? []);
  return { lacking, version: served?.version ?? null, accepted: { reason: 'Pending', finding } };
}

const LACKING_NOTHING: GatewayClassOutcome['lacking'] = { kinds: new Set(), experimental: false };

function meshOutcome({ metadata, spec }: XMesh, { outcomes, world, finding }: Aside): MeshOutcome | undefined {
  const isKnown = outcomes.meshes.has(metadata.name);
  if (!isKnown && (outcomes.meshController === null || !isOurs(spec, world))) return undefined;
  return { accepted: { reason: 'Pending', finding } };
}

function isOurs(spec: { readonly controllerName: string }, { controllerName }: TranslatedWorld): boolean {
  return controllerName === null || spec.controllerName === controllerName;
}

/** Its listeners are those that are served. */
function gatewayOutcome(gateway: Gateway, { outcomes, world, finding }: Aside): GatewayOutcome | undefined {
  const pending = { reason: 'Pending' as const, finding };
  const verdict = { accepted: pending, programmed: pending, invalidListeners: [] };
  const served = outcomes.gateways.get(formatNamespacedName(gateway.metadata));
  if (served !== undefined) return { ...served, ...verdict };
  const controllerName = controllerOf(gateway, outcomes, world);
  if (controllerName === undefined) return undefined;
  return {
    ...verdict,
    controllerName,
    isDefault: gateway.spec.defaultScope === 'All',
    addresses: [],
    assignment: { reported: [], missing: [], clusterIps: null, service: null, isTold: false },
    resolvedRefs: null,
    insecureClients: null,
    listeners: [],
    attachedListenerSets: null,
  };
}

/** undefined: it is not ours. */
function controllerOf({ spec }: Gateway, { gatewayClasses }: Outcomes, world: TranslatedWorld): string | undefined {
  const gatewayClass = world.resources.gatewayClasses.get(spec.gatewayClassName);
  if (gatewayClass === undefined) return world.controllerName === null ? IMPLIED_CONTROLLER_NAME : undefined;
  return gatewayClasses.has(spec.gatewayClassName) ? gatewayClass.spec.controllerName : undefined;
}

/** Its listeners are those that are served. */
function setOutcome(listenerSet: ListenerSet, { outcomes, finding }: Aside): ListenerSetOutcome | undefined {
  const pending = { reason: 'Pending' as const, finding };
  const verdict = { accepted: pending, programmed: pending, invalidListeners: [] };
  const served = outcomes.listenerSets.get(formatNamespacedName(listenerSet.metadata));
  if (served !== undefined) return { ...served, ...verdict };
  const parent = outcomes.gateways.get(gatewayOf(listenerSet));
  return parent && { ...verdict, controllerName: parent.controllerName, gateway: null, listeners: [] };
}

function routeOutcome(route: AttachableRoute, { served, finding, outcomes, parent }: Aside): RouteOutcome {
  const known = outcomes.routes.get(`${route.kind}/${formatNamespacedName(route.metadata)}`);
  return known === undefined || served === undefined
    ? neverServed(route, finding, { parent, meshController: outcomes.meshController })
    : fallenBack(known, served.metadata.generation, finding);
}

/** A policy that never acted is at no Gateway yet where it could say so. */
function policyOutcome(key: string, { outcomes, finding }: Aside): PolicyOutcome | undefined {
  const accepted = { reason: 'Invalid' as const, finding };
  const served = outcomes.policies.get(key);
  return served && { ancestors: served.ancestors.map(ancestor => ({ ...ancestor, accepted })) };
}
