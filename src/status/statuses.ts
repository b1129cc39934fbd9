// SPDX-License-Identifier: Apache-2.0

import type { Gateway, GatewayClass, ResourceSet } from '../resources/index.ts';
import {
  type AttachableRoute,
  changedKeys,
  type GatewayClassOutcome,
  type GatewayOutcome,
  IMPLIED_CONTROLLER_NAME,
  type Outcomes,
  type RouteMap,
  type RouteOutcome,
  routeMaps,
  type Translation,
} from '../translate/index.ts';
import { type GatewayClassStatus, gatewayClassStatus } from './gateway-class-status.ts';
import { type GatewayStatus, gatewayStatus } from './gateway-status.ts';
import { type RouteStatus, routeStatus } from './route-status.ts';

export type Status = GatewayClassStatus | GatewayStatus | RouteStatus;

/** By `Kind/namespace/name` (`GatewayClass/name`). */
export type Statuses = ReadonlyMap<string, Status>;

/** Statuses with what they were made of, so that the next time only changed objects cost anything. */
export interface WrittenStatuses {
  readonly byObject: Statuses;
  readonly madeOf: { readonly outcomes: Outcomes; readonly resources: ResourceSet };
}

/**
 * The statuses of all objects that are ours. A condition's `lastTransitionTime` moves to `now` (RFC 3339) only when its
 * status changes; what was there before is looked up in `previous`, the result of the last call, else in the object itself.
 * An unchanged status is the same object as before, and takes hardly any time.
 */
export function statuses(
  { outcomes }: Pick<Translation, 'outcomes'>,
  resources: ResourceSet,
  previous: WrittenStatuses | null,
  now: string,
): WrittenStatuses {
  const byObject = new Map(previous?.byObject);
  const ours = ourControllers(outcomes, resources);
  const isOurs = (name: string): boolean => ours.has(name);
  const before = previous?.madeOf;
  updateKind<GatewayClass, GatewayClassOutcome, GatewayClassStatus>(byObject, {
    kind: 'GatewayClass',
    prefix: '',
    now: { resources: resources.gatewayClasses, outcomes: outcomes.gatewayClasses },
    changed: changedObjects(before?.resources.gatewayClasses, resources.gatewayClasses, {
      prefix: '',
      outcomes: changedKeys(before?.outcomes.gatewayClasses ?? NONE, outcomes.gatewayClasses),
    }),
    make: (resource, outcome, known) =>
      gatewayClassStatus(resource, outcome, { previous: known ?? resource.status, now }),
  });
  updateKind<Gateway, GatewayOutcome, GatewayStatus>(byObject, {
    kind: 'Gateway',
    prefix: '',
    now: { resources: resources.gateways, outcomes: outcomes.gateways },
    changed: changedObjects(before?.resources.gateways, resources.gateways, {
      prefix: '',
      outcomes: changedKeys(before?.outcomes.gateways ?? NONE, outcomes.gateways),
    }),
    make: (resource, outcome, known) => gatewayStatus(resource, outcome, { previous: known ?? resource.status, now }),
  });
  const mapsBefore: Readonly<Record<string, RouteMap>> = before === undefined ? {} : routeMaps(before.resources);
  const changedRoutes = changedKeys(before?.outcomes.routes ?? NONE, outcomes.routes);
  for (const [kind, map] of Object.entries(routeMaps(resources))) {
    const prefix = `${kind}/`;
    updateKind<AttachableRoute, RouteOutcome, RouteStatus>(byObject, {
      kind,
      prefix,
      now: { resources: map, outcomes: outcomes.routes },
      changed: changedObjects(mapsBefore[kind], map, { prefix, outcomes: changedRoutes }),
      make: (resource, outcome, known) =>
        isForeign(resource, outcome, ours) && known === undefined
          ? undefined
          : routeStatus(resource, outcome, { previous: known, isOurs, now }),
    });
  }
  return { byObject, madeOf: { outcomes, resources } };
}

const NONE: ReadonlyMap<string, never> = new Map<string, never>();

/** What the statuses of one kind are made of. */
interface Sources<R, O> {
  readonly resources: ReadonlyMap<string, R>;
  /** By the keys of `resources` with `KindUpdate.prefix` before them; other outcomes may stand among them. */
  readonly outcomes: ReadonlyMap<string, O>;
}

interface KindUpdate<R, O, S> {
  readonly kind: string;
  /** What stands before the keys of resources in those of outcomes. */
  readonly prefix: string;
  readonly now: Sources<R, O>;
  /** Keys of resources. */
  readonly changed: ReadonlySet<string>;
  /** undefined: the object is not ours to write to. */
  make(resource: R, outcome: O, known: S | undefined): S | undefined;
}

function updateKind<R, O, S extends Status>(
  statuses: Map<string, Status>,
  { kind, prefix, now, changed, make }: KindUpdate<R, O, S>,
): void {
  for (const key of changed) {
    const id = `${kind}/${key}`;
    const resource = now.resources.get(key);
    const outcome = now.outcomes.get(prefix + key);
    // Under the names of a kind stand the statuses that `make` made of it.
    const known = statuses.get(id) as S | undefined;
    const status = resource === undefined || outcome === undefined ? undefined : make(resource, outcome, known);
    if (status === undefined) statuses.delete(id);
    else statuses.set(id, status);
  }
}

/** The keys of resources that changed themselves or in what was found about them. No key is put together for the others. */
function changedObjects<R>(
  before: ReadonlyMap<string, R> | undefined,
  now: ReadonlyMap<string, R>,
  { prefix, outcomes }: { readonly prefix: string; readonly outcomes: readonly string[] },
): ReadonlySet<string> {
  const changed = new Set(changedKeys(before ?? NONE, now));
  for (const key of outcomes) if (key.startsWith(prefix)) changed.add(key.slice(prefix.length));
  return changed;
}

/** A route that never had a parent of ours is somebody else's altogether. */
function isForeign(route: AttachableRoute, outcome: RouteOutcome, ours: ReadonlySet<string>): boolean {
  return outcome.parents.length === 0 && route.status?.parents.some(entry => ours.has(entry.controllerName)) !== true;
}

function ourControllers(outcomes: Outcomes, resources: ResourceSet): ReadonlySet<string> {
  const ours = new Set([IMPLIED_CONTROLLER_NAME]);
  for (const name of outcomes.gatewayClasses.keys()) {
    const gatewayClass = resources.gatewayClasses.get(name);
    if (gatewayClass !== undefined) ours.add(gatewayClass.spec.controllerName);
  }
  return ours;
}
