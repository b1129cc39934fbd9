// SPDX-License-Identifier: Apache-2.0

import { changedDependencies, changedKeys, type RouteWorld, updateSorted } from '../changes.ts';
import { type RouteContext, type TranslatedRoute, translateGrpcRoute } from '../rules/grpc-route.ts';

/** A route before and after; undefined: there was or is none. */
export interface RouteChange {
  readonly before: TranslatedRoute | undefined;
  readonly after: TranslatedRoute | undefined;
}

/** All routes, sorted by key. The map keeps its identity when nothing changed. */
export interface TranslatedRoutes extends RouteWorld {
  readonly byKey: ReadonlyMap<string, TranslatedRoute>;
  /** What differs from the previous translation, by key. */
  readonly changes: ReadonlyMap<string, RouteChange>;
}

/** Translates those routes that changed, or whose surroundings did; the others are taken over. */
export function translateRoutes(
  world: RouteWorld,
  context: RouteContext,
  previous: TranslatedRoutes | undefined,
): TranslatedRoutes {
  const { grpcRoutes } = world.resources;
  const known = previous?.byKey ?? new Map<string, TranslatedRoute>();
  const changes = new Map<string, RouteChange>();
  const update = (key: string): void => {
    const route = grpcRoutes.get(key);
    const before = known.get(key);
    const after = route === undefined ? undefined : translateGrpcRoute(route, context, before);
    changes.set(key, { before, after });
  };
  for (const key of changedKeys(previous?.resources.grpcRoutes ?? new Map(), grpcRoutes)) update(key);
  if (previous !== undefined) {
    const changed = changedDependencies(previous, world);
    if (changed.size > 0) {
      for (const [key, route] of known) if (!changes.has(key) && dependsOnAny(route, changed)) update(key);
    }
  }
  const updates = new Map<string, TranslatedRoute | undefined>();
  for (const [key, { after }] of changes) updates.set(key, after);
  return { ...world, byKey: updateSorted(known, updates), changes };
}

function dependsOnAny(route: TranslatedRoute, changed: ReadonlySet<string>): boolean {
  for (const dependency of route.dependencies) if (changed.has(dependency)) return true;
  return false;
}
