// SPDX-License-Identifier: Apache-2.0

import type { Pod } from '../../resources/index.ts';
import { compareStrings } from '../../values/index.ts';
import { changedKeys } from '../changes.ts';

type Pods = ReadonlyMap<string, Pod>;

/** The Pods of each namespace, sorted by name: an XBackend selects among those of its own. A list keeps its identity while it is unchanged. */
export interface PodIndex {
  readonly source: Pods;
  readonly byNamespace: ReadonlyMap<string, readonly Pod[]>;
  /** By such a list, the name of a label and its value: made when one is asked for. */
  readonly labelled: WeakMap<readonly Pod[], Map<string, ReadonlyMap<string | undefined, readonly Pod[]>>>;
}

/** For who has nobody to select them. */
export const NO_PODS: PodIndex = { source: new Map(), byNamespace: new Map(), labelled: new WeakMap() };

/** Indexes `source`; the namespaces of what changed since `previous` are all the work. */
export function indexPods(source: Pods, previous: PodIndex | undefined): PodIndex {
  if (previous === undefined) return { source, byNamespace: listsOf(source.values()), labelled: new WeakMap() };
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
  return { source, byNamespace, labelled: previous.labelled };
}

/** The Pods of a namespace with a label, by name; without one all of them. Many XBackends may select among many Pods, by the same label each another value. */
export function podsWith(
  { byNamespace, labelled }: PodIndex,
  namespace: string,
  label: readonly [key: string, value: string] | undefined,
): readonly Pod[] {
  const all = byNamespace.get(namespace);
  if (all === undefined || label === undefined) return all ?? [];
  const [key, value] = label;
  const byKey = labelled.get(all) ?? new Map<string, ReadonlyMap<string | undefined, readonly Pod[]>>();
  labelled.set(all, byKey);
  const byValue = byKey.get(key) ?? Map.groupBy(all, ({ metadata }) => metadata.labels[key]);
  byKey.set(key, byValue);
  return byValue.get(value) ?? [];
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
