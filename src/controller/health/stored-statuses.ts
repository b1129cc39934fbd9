// SPDX-License-Identifier: Apache-2.0

import { RESOURCE_MAPS, type ResourceSet } from '../../resources/index.ts';
import type { Status, Statuses } from '../../status/index.ts';
import type { View } from '../shown/view.ts';

/** What a cluster says of objects that are ours. */
export interface StoredStatuses {
  /** As they were read. */
  readonly statuses: Statuses;
  /** Keys of objects that should have a status and have none, or one of another generation. */
  readonly unwritten: readonly string[];
}

/** The statuses that the objects were read with. */
export function storedStatuses(view: Pick<View, 'resources' | 'statuses'>): StoredStatuses {
  const statuses = new Map<string, Status>();
  const unwritten: string[] = [];
  for (const key of view.statuses.keys()) {
    const object = objectOf(view.resources, key);
    const stored = object?.status;
    if (stored !== undefined) statuses.set(key, stored);
    if (object === undefined || !isUpToDate(stored, object.metadata.generation)) unwritten.push(key);
  }
  return { statuses, unwritten };
}

interface WithStatus {
  readonly metadata: { readonly generation: number };
  readonly status?: Status;
}

function objectOf(resources: ResourceSet, key: string): WithStatus | undefined {
  const slash = key.indexOf('/');
  const maps: Readonly<Record<string, keyof ResourceSet>> = RESOURCE_MAPS;
  const field = maps[key.slice(0, slash)];
  // Keys of statuses are of kinds that have one.
  return field === undefined ? undefined : (resources[field].get(key.slice(slash + 1)) as WithStatus | undefined);
}

/** True when someone has judged this generation: every writer stamps all of its conditions. */
function isUpToDate(status: Status | undefined, generation: number): boolean {
  if (status === undefined) return false;
  const lists =
    'parents' in status
      ? status.parents.map(entry => entry.conditions)
      : 'ancestors' in status
        ? status.ancestors.map(entry => entry.conditions)
        : [status.conditions ?? []];
  return lists.flat().some(({ observedGeneration = 0 }) => observedGeneration === generation);
}
