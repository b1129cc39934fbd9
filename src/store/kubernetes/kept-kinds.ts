// SPDX-License-Identifier: Apache-2.0

import type { FollowedKinds } from './followed-kind.ts';
import type { World } from './kept-text.ts';
import type { LiveWorld } from './kept-world.ts';
import type { KindCache } from './kind-cache.ts';

type Versions = ReadonlyMap<string, string>;

/** Gives what was kept to the caches of kinds that are served and were not read yet. */
export function takeKept({ objects }: World, kinds: FollowedKinds, versions: Versions): void {
  const lists = new Map<unknown, ReturnType<KindCache['startList']>>();
  for (const { readKind, cache, wasRead } of kinds.values())
    if (!wasRead && versions.has(readKind.kind)) lists.set(readKind.kind, cache.startList());
  for (const object of objects) lists.get(object['kind'])?.add(object);
  for (const list of lists.values()) list.commit();
}

/** What is to be kept, read as it is asked for. */
export function worldOf(kinds: FollowedKinds, versions: Versions): LiveWorld {
  const object = (key: string): ReturnType<KindCache['object']> => {
    const slash = key.indexOf('/');
    return kinds.get(key.slice(0, slash))?.cache.object(key.slice(slash + 1));
  };
  return { versions, objects: objectsOf(kinds), object };
}

function* objectsOf(kinds: FollowedKinds): Generator<Readonly<Record<string, unknown>>> {
  for (const { cache } of kinds.values()) yield* cache.objects();
}
