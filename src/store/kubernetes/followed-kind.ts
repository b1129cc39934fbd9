// SPDX-License-Identifier: Apache-2.0

import type { KindCache } from './kind-cache.ts';
import type { ReadKind } from './read-kinds.ts';
import type { Reflector, ReflectorState } from './reflector.ts';

/** One kind: its objects, and who reads them. */
export interface FollowedKind {
  readonly readKind: ReadKind;
  readonly cache: KindCache;
  reflector: Reflector | null;
  running: Promise<void>;
  state: ReflectorState;
  /** As it is read now it was read to its end, whatever came of it later. */
  wasRead: boolean;
}

/** By kind. */
export type FollowedKinds = ReadonlyMap<string, FollowedKind>;

/** Kinds that are there, as far as is known, and were not read yet. */
export function unreadKinds(kinds: FollowedKinds): readonly string[] {
  const isUnread = ({ state, wasRead }: FollowedKind): boolean =>
    !wasRead && (state.state === 'reading' || state.state === 'failing');
  return [...kinds].filter(([, followed]) => isUnread(followed)).map(([kind]) => kind);
}
