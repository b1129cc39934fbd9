// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import { interned } from '../../values/index.ts';
import { changedKeys, updateSorted } from '../changes.ts';
import { faultOf } from '../fault.ts';
import type { RouteOutcome } from '../outcomes.ts';
import { type AttachableRoute, type RouteMap, routeMaps } from '../route-kinds.ts';
import { dependenciesOf } from './dependencies.ts';
import { fallenBack, neverServed } from './fallen-back.ts';
import { changedDependencies, type RouteWorld } from './route-world.ts';
import { type RouteContext, type TranslatedRoute, translateRoute, unattachedRoute } from './translate-route.ts';

/** A route before and after; undefined: there was or is none. */
export interface RouteChange {
  readonly before: TranslatedRoute | undefined;
  readonly after: TranslatedRoute | undefined;
}

/** True when the route is attached where it was, and brings the same there; `made`: what routes of its kind bring. */
export function isSameIn({ before, after }: RouteChange, made: 'entries' | 'stream'): boolean {
  return (
    before?.attachments === after?.attachments &&
    before?.[made] === after?.[made] &&
    before?.otherForms === after?.otherForms
  );
}

/** The routes of all kinds, sorted by `routeKey`. The map keeps its identity when nothing changed. */
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
  const known = previous?.byKey ?? new Map<string, TranslatedRoute>();
  const changes = new Map<string, RouteChange>();
  for (const { key, route } of changedRoutes(world, previous)) {
    const before = known.get(key);
    const after = route === undefined ? undefined : translateWhole(route, context, before);
    changes.set(key, { before, after });
  }
  if (previous !== undefined) {
    const changed = changedDependencies(previous, world);
    if (changed.size > 0) {
      for (const [key, before] of known) {
        if (changes.has(key) || !dependsOnAny(before, changed)) continue;
        changes.set(key, { before, after: translateWhole(before.route, context, before) });
      }
    }
  }
  const updates = new Map<string, TranslatedRoute | undefined>();
  for (const [key, { after }] of changes) updates.set(key, after);
  return { ...world, byKey: updateSorted(known, updates), changes };
}

/** As `translateRoute`. Never throws: a route that breaks us stays what it was, or is served nowhere, and every other one goes on. */
function translateWhole(
  route: AttachableRoute,
  context: RouteContext,
  before: TranslatedRoute | undefined,
): TranslatedRoute {
  try {
    return translateRoute(route, context, before);
  } catch (error) {
    const finding = faultOf('route/broken', route, error);
    const kept = before ?? unattachedRoute(route, [], undefined);
    const outcome =
      // One that was served nowhere before is refused by the parents that it names now.
      kept.outcome.parents.some(({ accepted }) => accepted === null)
        ? fallenBack(kept.outcome, kept.route.metadata.generation, finding)
        : refusedIfAny(route, finding, context);
    const dependencies = dependenciesIfAny(route) ?? kept.dependencies;
    return { ...kept, route, dependencies, outcome, findings: [finding], isForeign: false };
  }
}

function dependenciesIfAny(route: AttachableRoute): readonly string[] | undefined {
  try {
    return dependenciesOf(route);
  } catch {
    return undefined;
  }
}

function refusedIfAny(route: AttachableRoute, finding: Finding, context: RouteContext): RouteOutcome {
  const meshController = context.mesh?.controllerName ?? null;
  try {
    return neverServed(route, finding, { parent: context.parent, meshController });
  } catch {
    return { parents: [], partiallyInvalid: null };
  }
}

/** Routes that came, changed or went (`route` undefined). */
function* changedRoutes(
  { resources }: RouteWorld,
  previous: RouteWorld | undefined,
): Generator<{ readonly key: string; readonly route: AttachableRoute | undefined }> {
  const before: Readonly<Record<string, RouteMap>> = previous === undefined ? {} : routeMaps(previous.resources);
  for (const [kind, map] of Object.entries(routeMaps(resources))) {
    for (const name of changedKeys(before[kind] ?? NO_ROUTES, map))
      yield { key: interned(`${kind}/${name}`), route: map.get(name) };
  }
}

const NO_ROUTES: RouteMap = new Map();

function dependsOnAny(route: TranslatedRoute, changed: ReadonlySet<string>): boolean {
  for (const dependency of route.dependencies) if (changed.has(dependency)) return true;
  return false;
}
