// SPDX-License-Identifier: Apache-2.0

import type { Pod } from '../../resources/index.ts';
import { compareStrings } from '../../values/index.ts';
import { changedKeys } from '../changes.ts';

type Pods = ReadonlyMap<string, Pod>;

/** The Pods of each namespace, sorted by name: an XBackend selects among those of its own. A list keeps its identity while it is unchanged. */
export interface PodIndex {
  readonly source: Pods;
  readonly byNamespace: ReadonlyMap<string, readonly Pod[]>;
}

/** For who has nobody to select them. */
export const NO_PODS: PodIndex = { source: new Map(), byNamespace: new Map() };

/** Indexes `source`; the namespaces of what changed since `previous` are all the work. */
export function indexPods(source: Pods, previous: PodIndex | undefined): PodIndex {
  if (previous === undefined) return { source, byNamespace: listsOf(source.values()) };
  if (previous.source === source) return previous;
  const changed = changedKeys(previous.source, source);
  const pods = changed.flatMap(key => source.get(key) ?? []);
  const now = listsOf(pods);
  const replaced = new Set(changed);
  const byNamespace = new Map(previous.byNamespace);
  for (const namespace of new Set(changed.map(namespaceOf))) {
    const kept = (byNamespace.get(namespace) ?? []).filter(
      ({ metadata }) => !replaced.has(`${namespace}/${metadata.name}`),
    );
    const list = [...kept, ...(now.get(namespace) ?? [])].sort(compareNames);
    if (list.length === 0) byNamespace.delete(namespace);
    else byNamespace.set(namespace, list);
  }
  return { source, byNamespace };
}

/** What changed between two indexes: the Pods of each namespace as they were and as they are. */
export function changedPods(before: PodIndex, after: PodIndex): ReadonlyMap<string, readonly Pod[]> {
  return listsOf(
    changedKeys(before.source, after.source).flatMap(key =>
      [before.source.get(key), after.source.get(key)].filter(pod => pod !== undefined),
    ),
  );
}

function listsOf(pods: Iterable<Pod>): Map<string, Pod[]> {
  const lists = Map.groupBy(pods, ({ metadata }) => metadata.namespace);
  for (const list of lists.values()) list.sort(compareNames);
  return lists;
}

function compareNames(a: Pod, b: Pod): number {
  return compareStrings(a.metadata.name, b.metadata.name);
}

function namespaceOf(key: string): string {
  return key.slice(0, key.indexOf('/'));
}
