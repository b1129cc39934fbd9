// SPDX-License-Identifier: Apache-2.0

import type { ResourceSet } from '../../resources/index.ts';
import type { ParentTarget } from '../attach/parent-target.ts';
import { changedDependencies, sortedKeys } from '../changes.ts';
import { type RouteContext, type TranslatedRoute, translateGrpcRoute } from '../rules/grpc-route.ts';

/** A route before and after; undefined: there was or is none. */
export interface RouteChange {
  readonly before: TranslatedRoute | undefined;
  readonly after: TranslatedRoute | undefined;
}

/** All routes, sorted by key. The map keeps its identity when nothing changed. */
export interface TranslatedRoutes {
  readonly resources: ResourceSet;
  readonly targets: ReadonlyMap<string, ParentTarget>;
  readonly byKey: ReadonlyMap<string, TranslatedRoute>;
  /** What differs from the previous translation. */
  readonly changes: readonly RouteChange[];
}

/** Translates those routes that changed, or whose surroundings did; the others are taken over. */
export function translateRoutes(
  world: { readonly resources: ResourceSet; readonly targets: ReadonlyMap<string, ParentTarget> },
  context: RouteContext,
  previous: TranslatedRoutes | undefined,
): TranslatedRoutes {
  const source = world.resources.grpcRoutes;
  const changed = previous === undefined ? new Set<string>() : changedDependencies(previous, world);
  if (previous !== undefined && previous.resources.grpcRoutes === source && changed.size === 0) {
    return { ...world, byKey: previous.byKey, changes: [] };
  }
  const known = previous?.byKey ?? new Map<string, TranslatedRoute>();
  const byKey = new Map<string, TranslatedRoute>();
  const changes: RouteChange[] = [];
  for (const key of sortedKeys(known.keys(), source)) {
    const route = source.get(key);
    if (route === undefined) continue;
    const before = known.get(key);
    if (before !== undefined && before.route === route && isUntouched(before, changed)) {
      byKey.set(key, before);
      continue;
    }
    const after = translateGrpcRoute(route, context, before);
    byKey.set(key, after);
    changes.push({ before, after });
  }
  for (const [key, before] of known) if (!source.has(key)) changes.push({ before, after: undefined });
  return { ...world, byKey, changes };
}

function isUntouched(route: TranslatedRoute, changed: ReadonlySet<string>): boolean {
  if (changed.size === 0) return true;
  for (const dependency of route.dependencies) if (changed.has(dependency)) return false;
  return true;
}
