// SPDX-License-Identifier: Apache-2.0

import type { Gateway, GatewayClass, GRPCRoute, ResourceSet } from '../resources/index.ts';
import {
  type GatewayClassOutcome,
  type GatewayOutcome,
  IMPLIED_CONTROLLER_NAME,
  type RouteOutcome,
  type Translation,
} from '../translate/index.ts';
import { type GatewayClassStatus, gatewayClassStatus } from './gateway-class-status.ts';
import { type GatewayStatus, gatewayStatus } from './gateway-status.ts';
import { type RouteStatus, routeStatus } from './route-status.ts';

export type Status = GatewayClassStatus | GatewayStatus | RouteStatus;

/** By `Kind/namespace/name` (`GatewayClass/name`). */
export type Statuses = ReadonlyMap<string, Status>;

/** Statuses that remember what they were made of, so that the next time only changed objects cost anything. */
class RememberedStatuses extends Map<string, Status> {
  made: { readonly outcomes: Translation['outcomes']; readonly resources: ResourceSet } | undefined;
}

/**
 * The statuses of all objects that are ours. A condition's `lastTransitionTime` moves to `now` (RFC 3339) only when its
 * status changes; what was there before is looked up in `previous`, else in the object itself. Give the result of the
 * last call as `previous`: an unchanged status then is the same object, and takes hardly any time.
 */
export function statuses(
  translation: Translation,
  resources: ResourceSet,
  previous: ReadonlyMap<string, object>,
  now: string,
): Statuses {
  const { outcomes } = translation;
  const made = previous instanceof RememberedStatuses ? previous.made : undefined;
  const result = new RememberedStatuses(previous instanceof RememberedStatuses ? previous : undefined);
  result.made = { outcomes, resources };
  const ours = ourControllers(translation, resources);
  const isOurs = (name: string): boolean => ours.has(name);
  const { gatewayClasses, gateways, grpcRoutes } = resources;
  const book = { previous, result };
  updateKind<GatewayClass, GatewayClassOutcome, GatewayClassStatus>(book, {
    kind: 'GatewayClass',
    now: { resources: gatewayClasses, outcomes: outcomes.gatewayClasses },
    before: made && { resources: made.resources.gatewayClasses, outcomes: made.outcomes.gatewayClasses },
    make: (resource, outcome, known) =>
      gatewayClassStatus(resource, outcome, { previous: known ?? resource.status, now }),
  });
  updateKind<Gateway, GatewayOutcome, GatewayStatus>(book, {
    kind: 'Gateway',
    now: { resources: gateways, outcomes: outcomes.gateways },
    before: made && { resources: made.resources.gateways, outcomes: made.outcomes.gateways },
    make: (resource, outcome, known) => gatewayStatus(resource, outcome, { previous: known ?? resource.status, now }),
  });
  updateKind<GRPCRoute, RouteOutcome, RouteStatus>(book, {
    kind: 'GRPCRoute',
    now: { resources: grpcRoutes, outcomes: outcomes.grpcRoutes },
    before: made && { resources: made.resources.grpcRoutes, outcomes: made.outcomes.grpcRoutes },
    make: (resource, outcome, known) =>
      isForeign(resource, outcome, ours) && known === undefined
        ? undefined
        : routeStatus(resource, outcome, { previous: known, isOurs, now }),
  });
  return result;
}

/** What the statuses of one kind are made of. */
interface Sources<R, O> {
  readonly resources: ReadonlyMap<string, R>;
  readonly outcomes: ReadonlyMap<string, O>;
}

interface KindUpdate<R, O, S> {
  readonly kind: string;
  readonly now: Sources<R, O>;
  readonly before: Sources<R, O> | undefined;
  /** undefined: the object is not ours to write to. */
  make(resource: R, outcome: O, known: S | undefined): S | undefined;
}

function updateKind<R, O, S extends Status>(
  { previous, result }: { previous: ReadonlyMap<string, object>; result: Map<string, Status> },
  { kind, now, before, make }: KindUpdate<R, O, S>,
): void {
  if (before?.resources === now.resources && before.outcomes === now.outcomes) return;
  for (const [key, outcome] of now.outcomes) {
    const resource = now.resources.get(key);
    if (resource === undefined) continue;
    if (before !== undefined && before.outcomes.get(key) === outcome && before.resources.get(key) === resource)
      continue;
    const id = `${kind}/${key}`;
    const status = make(resource, outcome, previous.get(id) as S | undefined);
    if (status === undefined) result.delete(id);
    else result.set(id, status);
  }
  for (const key of before?.outcomes.keys() ?? []) if (!now.outcomes.has(key)) result.delete(`${kind}/${key}`);
}

/** A route that never had a parent of ours is somebody else's altogether. */
function isForeign(route: GRPCRoute, outcome: RouteOutcome, ours: ReadonlySet<string>): boolean {
  return outcome.parents.length === 0 && route.status?.parents.some(entry => ours.has(entry.controllerName)) !== true;
}

function ourControllers({ outcomes }: Translation, resources: ResourceSet): ReadonlySet<string> {
  const ours = new Set([IMPLIED_CONTROLLER_NAME]);
  for (const name of outcomes.gatewayClasses.keys()) {
    const gatewayClass = resources.gatewayClasses.get(name);
    if (gatewayClass !== undefined) ours.add(gatewayClass.spec.controllerName);
  }
  return ours;
}
