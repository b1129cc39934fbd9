// SPDX-License-Identifier: Apache-2.0

/** The kinds that have a status of ours, one row a kind. */
import { EMPTY_RESOURCES, type ResourceSet } from '../resources/index.ts';
import {
  type AttachableRoute,
  changedKeys,
  type Outcomes,
  type PolicyOutcome,
  type RouteOutcome,
  routeMaps,
} from '../translate/index.ts';
import { CLASS_CONDITIONS, type GatewayClassStatus, gatewayClassStatus } from './gateway-class-status.ts';
import { GATEWAY_CONDITIONS, type GatewayStatus, gatewayStatus } from './gateway-status.ts';
import { LISTENER_SET_CONDITIONS, type ListenerSetStatus, listenerSetStatus } from './listener-set-status.ts';
import { MESH_CONDITIONS, type MeshStatus, meshStatus } from './mesh-status.ts';
import { POLICY_CONDITIONS, type PolicyObject, type PolicyStatus, policyStatus } from './policy-status.ts';
import { ROUTE_CONDITIONS, type RouteStatus, routeStatus } from './route-status.ts';
import { isForeign } from './shared-status.ts';

export type Status = GatewayClassStatus | MeshStatus | GatewayStatus | ListenerSetStatus | RouteStatus | PolicyStatus;

/** What statuses are made of. */
export interface StatusSources {
  readonly outcomes: Outcomes;
  readonly resources: ResourceSet;
}

/** What all statuses of one pass have in common. */
export interface StatusPass {
  readonly isOurs: (controllerName: string) => boolean;
  /** RFC 3339. */
  readonly now: string;
}

/** How the statuses of one kind are made. */
export interface StatusRow {
  readonly kind: string;
  /** Types of the object's own conditions that are ours, or of those at each of its parents or ancestors. */
  readonly conditions: readonly string[];
  /** Names of the objects (`namespace/name`) for which anything changed. */
  changed(before: StatusSources | undefined, now: StatusSources): ReadonlySet<string>;
  /** Whether an object was deleted and made again, so that nothing that was said of the one before is about it. */
  isRemade(name: string, before: StatusSources | undefined, now: StatusSources): boolean;
  /** undefined: there is no such object, or it is not ours to write to. `known`: what `make` made of it last. */
  make(name: string, known: Status | undefined, sources: StatusSources, pass: StatusPass): Status | undefined;
}

/** Where the objects and outcomes of a kind are, and what is made of them. */
interface KindOfStatus<R, O, S> {
  readonly kind: string;
  readonly conditions: readonly string[];
  /** What stands before the names of objects in the keys of outcomes; outcomes of other kinds may stand among them. */
  readonly prefix: string;
  objects(resources: ResourceSet): ReadonlyMap<string, R>;
  outcomes(outcomes: Outcomes): ReadonlyMap<string, O>;
  make(resource: R, outcome: O, known: S | undefined, pass: StatusPass): S | undefined;
}

const NONE: ReadonlyMap<string, never> = new Map<string, never>();
const NOTHING: ReadonlySet<string> = new Set();

/** What all objects have. */
interface Identified {
  readonly metadata: { readonly uid?: string };
}

function row<R extends Identified, O, S extends Status>(of: KindOfStatus<R, O, S>): StatusRow {
  const { kind, conditions, prefix } = of;
  return {
    kind,
    conditions,
    changed(before, now) {
      const objects = changedKeys(before ? of.objects(before.resources) : NONE, of.objects(now.resources));
      const outcomes = changedKeys(before ? of.outcomes(before.outcomes) : NONE, of.outcomes(now.outcomes));
      if (objects.length + outcomes.length === 0) return NOTHING;
      const changed = new Set(objects);
      for (const key of outcomes) if (key.startsWith(prefix)) changed.add(key.slice(prefix.length));
      return changed;
    },
    isRemade(name, before, now) {
      const old = before && of.objects(before.resources).get(name);
      return old !== undefined && old.metadata.uid !== of.objects(now.resources).get(name)?.metadata.uid;
    },
    make(name, known, { resources, outcomes }, pass) {
      const resource = of.objects(resources).get(name);
      const outcome = of.outcomes(outcomes).get(prefix + name);
      // Under the names of a kind stand the statuses that `make` made of it.
      return resource === undefined || outcome === undefined
        ? undefined
        : of.make(resource, outcome, known as S | undefined, pass);
    },
  };
}

/** A row of a kind whose objects belong to one controller: what we wrote of one last stands in the object itself. */
function ownedRow<R extends Identified & { readonly status?: S }, O, S extends Status>(
  of: Pick<KindOfStatus<R, O, S>, 'kind' | 'conditions' | 'objects' | 'outcomes'>,
  write: (resource: R, outcome: O, parts: { readonly previous: S | undefined; readonly now: string }) => S,
): StatusRow {
  return row<R, O, S>({
    ...of,
    prefix: '',
    make: (resource, outcome, known, { now }) => write(resource, outcome, { previous: known ?? resource.status, now }),
  });
}

/** A row of a kind of route. */
function routeRow(kind: AttachableRoute['kind']): StatusRow {
  return row<AttachableRoute, RouteOutcome, RouteStatus>({
    kind,
    conditions: ROUTE_CONDITIONS,
    prefix: `${kind}/`,
    objects: resources => routeMaps(resources)[kind],
    outcomes: outcomes => outcomes.routes,
    make(resource, outcome, previous, pass) {
      const parts = { previous, ...pass };
      const entries = { written: resource.status?.parents, due: outcome.parents };
      return isForeign(parts, entries) ? undefined : routeStatus(resource, outcome, parts);
    },
  });
}

/** A row of a kind of policy, whose outcomes are in `Outcomes.policies`. */
function policyRow(kind: string, objects: (resources: ResourceSet) => ReadonlyMap<string, PolicyObject>): StatusRow {
  return row<PolicyObject, PolicyOutcome, PolicyStatus>({
    kind,
    conditions: POLICY_CONDITIONS,
    prefix: `${kind}/`,
    objects,
    outcomes: outcomes => outcomes.policies,
    make(resource, outcome, previous, pass) {
      const parts = { previous, ...pass };
      const entries = { written: resource.status?.ancestors, due: outcome.ancestors };
      return isForeign(parts, entries) ? undefined : policyStatus(resource, outcome, parts);
    },
  });
}

export const STATUS_ROWS: readonly StatusRow[] = [
  ownedRow(
    {
      kind: 'GatewayClass',
      conditions: CLASS_CONDITIONS,
      objects: resources => resources.gatewayClasses,
      outcomes: outcomes => outcomes.gatewayClasses,
    },
    gatewayClassStatus,
  ),
  ownedRow(
    {
      kind: 'XMesh',
      conditions: MESH_CONDITIONS,
      objects: resources => resources.xMeshes,
      outcomes: outcomes => outcomes.meshes,
    },
    meshStatus,
  ),
  ownedRow(
    {
      kind: 'Gateway',
      conditions: GATEWAY_CONDITIONS,
      objects: resources => resources.gateways,
      outcomes: outcomes => outcomes.gateways,
    },
    gatewayStatus,
  ),
  ownedRow(
    {
      kind: 'ListenerSet',
      conditions: LISTENER_SET_CONDITIONS,
      objects: resources => resources.listenerSets,
      outcomes: outcomes => outcomes.listenerSets,
    },
    listenerSetStatus,
  ),
  policyRow('BackendTLSPolicy', resources => resources.backendTlsPolicies),
  policyRow('XBackend', resources => resources.xBackends),
  policyRow('XBackendTrafficPolicy', resources => resources.xBackendTrafficPolicies),
  policyRow('XTelemetryPolicy', resources => resources.xTelemetryPolicies),
  ...Object.keys(routeMaps(EMPTY_RESOURCES)).map(kind => routeRow(kind as AttachableRoute['kind'])),
];

/** Kinds of objects whose statuses we write. */
export const STATUS_KINDS: readonly string[] = STATUS_ROWS.map(({ kind }) => kind);
