// SPDX-License-Identifier: Apache-2.0

import type { ResourceSet } from '../resources/index.ts';
import { compareStrings } from '../values/index.ts';
import type { ParentTarget } from './attach/parent-target.ts';

/** The keys whose value was added, removed or replaced (by identity). Costs nothing when the map is the same. */
export function changedKeys<T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>): readonly string[] {
  if (before === after) return [];
  const changed: string[] = [];
  let common = 0;
  for (const [key, value] of after) {
    const known = before.get(key);
    if (known !== undefined) common++;
    if (known !== value) changed.push(key);
  }
  if (common < before.size) {
    for (const key of before.keys()) if (!after.has(key)) changed.push(key);
  }
  return changed;
}

/** What a route's translation depends on besides the route: `Kind/key` of everything that changed. */
export function changedDependencies(
  before: { readonly resources: ResourceSet; readonly targets: ReadonlyMap<string, ParentTarget> },
  after: { readonly resources: ResourceSet; readonly targets: ReadonlyMap<string, ParentTarget> },
): ReadonlySet<string> {
  const changed = new Set<string>();
  for (const key of changedKeys(before.targets, after.targets)) changed.add(`Gateway/${key}`);
  for (const key of changedKeys(before.resources.services, after.resources.services)) changed.add(`Service/${key}`);
  for (const key of changedKeys(before.resources.namespaces, after.resources.namespaces))
    changed.add(`Namespace/${key}`);
  for (const key of changedKeys(before.resources.referenceGrants, after.resources.referenceGrants)) {
    changed.add(`ReferenceGrants/${key.slice(0, key.indexOf('/'))}`);
  }
  return changed;
}

/**
 * The keys of `after` in order. `before` (already in order) makes it cheap: what is left of it is one sorted run, which
 * the sort finds in one pass.
 */
export function sortedKeys(
  before: Iterable<string>,
  after: { has(key: string): boolean; keys(): Iterable<string> },
): readonly string[] {
  const keys: string[] = [];
  const known = new Set<string>();
  for (const key of before) {
    if (!after.has(key)) continue;
    keys.push(key);
    known.add(key);
  }
  for (const key of after.keys()) if (!known.has(key)) keys.push(key);
  return keys.sort(compareStrings);
}
