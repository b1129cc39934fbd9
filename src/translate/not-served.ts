// SPDX-License-Identifier: Apache-2.0

/** What is said of kinds that the API has and this version does not serve. */
import type { Finding } from '../errors/index.ts';
import { GATEWAY_GROUP, isServed, NOT_YET_SERVED, type ParentReference } from '../resources/index.ts';
import type { RouteKind } from './outcomes.ts';
import { findingOf, type Named } from './report.ts';

type Path = readonly (string | number)[];

/** Why no route of a kind is served, to complete "the kind X, which"; undefined: the kind is served, or not the API's. */
export function whyNotRouteKind({ group, kind }: RouteKind): string | undefined {
  return group === GATEWAY_GROUP && !isServed(kind) ? NOT_YET_SERVED : undefined;
}

/** A parent that is no Gateway. `isMesh`: it is a Service. */
export function notServedParent(
  route: Named,
  { path, ref, isMesh }: { readonly path: Path; readonly ref: ParentReference; readonly isMesh: boolean },
): Finding {
  const why = isMesh ? NOT_YET_SERVED : 'is not known to daemun';
  return findingOf(isMesh ? 'route/mesh-not-yet-supported' : 'route/parent-kind', route, {
    path,
    message: `A ${ref.kind} as parent${isMesh ? ' (mesh)' : ''} ${why}; this parentRef has no effect`,
    help: 'Name a Gateway to serve the route now',
  });
}
