// SPDX-License-Identifier: Apache-2.0

import { RESOURCE_MAPS, type Resource, type ResourceSet } from '../resources/index.ts';
import { changedKeys, updateMap } from './changes.ts';

/** One object that is written otherwise; undefined: it is gone. */
export interface ResourceChange {
  readonly field: keyof ResourceSet;
  readonly name: string;
  readonly after: Resource | undefined;
}

/** In the order of listings, in which what routes refer to by name comes after them: it is blamed before they are. */
export function changesBetween(before: ResourceSet, after: ResourceSet): readonly ResourceChange[] {
  return Object.values(RESOURCE_MAPS).flatMap(field =>
    changedKeys<Resource>(before[field], after[field]).map(name => ({ field, name, after: after[field].get(name) })),
  );
}

/** `resources` with `changes` applied. */
export function withChanges(resources: ResourceSet, changes: readonly ResourceChange[]): ResourceSet {
  const changed: Partial<Record<keyof ResourceSet, ReadonlyMap<string, Resource>>> = {};
  for (const [field, ofKind] of Map.groupBy(changes, change => change.field)) {
    const updates = new Map(ofKind.map(({ name, after }) => [name, after]));
    changed[field] = updateMap<Resource>(resources[field], updates);
  }
  // Objects are taken from the maps of their kind and put there again.
  return { ...resources, ...changed } as ResourceSet;
}
