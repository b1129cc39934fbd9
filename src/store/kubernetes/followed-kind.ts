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

/**
 * A process that may not read one of these would take calls that it cannot answer: of a roll-out with broken rights, from one that can. The other kinds are those
 * of some routes and listeners, and who lets no gateway read all Secrets does so for a reason.
 */
const ESSENTIAL: ReadonlySet<string> = new Set([
  'GatewayClass',
  'Gateway',
  'HTTPRoute',
  'GRPCRoute',
  'Service',
  'EndpointSlice',
]);

/** By kind. */
export type FollowedKinds = ReadonlyMap<string, FollowedKind>;

/** Kinds that are there, as far as is known, and were not read yet. */
export function unreadKinds(kinds: FollowedKinds): readonly string[] {
  const isUnread = ({ state, wasRead }: FollowedKind): boolean =>
    !wasRead && (state.state === 'reading' || state.state === 'failing');
  return [...kinds].filter(([, followed]) => isUnread(followed)).map(([kind]) => kind);
}

/** Whether a kind may not be read without which nothing could be served. */
export function lacksRights(kinds: FollowedKinds): boolean {
  return [...kinds].some(([kind, { state }]) => ESSENTIAL.has(kind) && state.state === 'denied');
}
