// SPDX-License-Identifier: Apache-2.0

import type { GRPCRoute, ResourceSet } from '../resources/index.ts';
import { IMPLIED_CONTROLLER_NAME, type Translation } from '../translate/index.ts';
import { type GatewayClassStatus, gatewayClassStatus } from './gateway-class-status.ts';
import { type GatewayStatus, gatewayStatus } from './gateway-status.ts';
import { type RouteStatus, routeStatus } from './route-status.ts';

export type Status = GatewayClassStatus | GatewayStatus | RouteStatus;

/** By `Kind/namespace/name` (`GatewayClass/name`). */
export type Statuses = ReadonlyMap<string, Status>;

/** What a status was made of; the same again gives the same status. */
interface Origin {
  readonly resource: unknown;
  readonly outcome: unknown;
}

/** Statuses that remember what they were made of, so that the next time only changed objects cost anything. */
class RememberedStatuses extends Map<string, Status> {
  readonly origins = new Map<string, Origin>();
}

/**
 * The statuses of all objects that are ours. A condition's `lastTransitionTime` moves to `now` (RFC 3339) only when its
 * status changes; what was there before is looked up in `previous`, else in the object itself. Give the result of the
 * last call as `previous`: an unchanged status then is the same object, and takes no time.
 */
export function statuses(
  translation: Translation,
  resources: ResourceSet,
  previous: ReadonlyMap<string, object>,
  now: string,
): Statuses {
  const remembered = previous instanceof RememberedStatuses ? previous : undefined;
  const result = new RememberedStatuses();
  const add = <S extends Status>(key: string, origin: Origin, make: (before: S | undefined) => S): void => {
    const known = remembered?.origins.get(key);
    const before = previous.get(key) as S | undefined;
    if (
      before !== undefined &&
      known !== undefined &&
      known.resource === origin.resource &&
      known.outcome === origin.outcome
    ) {
      result.set(key, before);
      result.origins.set(key, known);
      return;
    }
    result.set(key, make(before));
    result.origins.set(key, origin);
  };
  const { gatewayClasses, gateways, grpcRoutes } = translation.outcomes;
  for (const [key, outcome] of gatewayClasses) {
    const resource = resources.gatewayClasses.get(key);
    if (resource === undefined) continue;
    add<GatewayClassStatus>(`GatewayClass/${key}`, { resource, outcome }, before =>
      gatewayClassStatus(resource, outcome, { previous: before ?? resource.status, now }),
    );
  }
  for (const [key, outcome] of gateways) {
    const resource = resources.gateways.get(key);
    if (resource === undefined) continue;
    add<GatewayStatus>(`Gateway/${key}`, { resource, outcome }, before =>
      gatewayStatus(resource, outcome, { previous: before ?? resource.status, now }),
    );
  }
  const ours = ourControllers(translation, resources);
  for (const [key, outcome] of grpcRoutes) {
    const resource = resources.grpcRoutes.get(key);
    // A route that never had a parent of ours is somebody else's altogether.
    const isForeign = outcome.parents.length === 0 && !hasEntries(resource, ours) && !previous.has(`GRPCRoute/${key}`);
    if (resource === undefined || isForeign) continue;
    add<RouteStatus>(`GRPCRoute/${key}`, { resource, outcome }, before =>
      routeStatus(resource, outcome, { previous: before, isOurs: name => ours.has(name), now }),
    );
  }
  return result;
}

function hasEntries(route: GRPCRoute | undefined, ours: ReadonlySet<string>): boolean {
  return route?.status?.parents.some(entry => ours.has(entry.controllerName)) === true;
}

function ourControllers({ outcomes }: Translation, resources: ResourceSet): ReadonlySet<string> {
  const ours = new Set([IMPLIED_CONTROLLER_NAME]);
  for (const name of outcomes.gatewayClasses.keys()) {
    const gatewayClass = resources.gatewayClasses.get(name);
    if (gatewayClass !== undefined) ours.add(gatewayClass.spec.controllerName);
  }
  return ours;
}
