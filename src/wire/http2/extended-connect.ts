// SPDX-License-Identifier: Apache-2.0

import type { HeaderList } from '../head/header-list.ts';
import type { HeaderListPool } from '../head/header-list-pool.ts';
import { type VolatileFields, withoutFields } from '../head/volatile-fields.ts';
import { ACCEPT_FIELD, KEY_FIELD } from '../websocket/handshake.ts';

/**
 * A request that asks for an upgrade is extended CONNECT on the wire (RFC 8441 §4) and GET everywhere else, so that a route finds it
 * whatever version carries it. Nobody proves a WebSocket here: keys and proofs that came all the same mean nothing, and to another hop they
 * would be wrong. Upgrades are rare: the other list is looked up each time.
 */

/** The list of a request, as it is said to others. */
export function askedUpgrade(list: HeaderList, lists: HeaderListPool): HeaderList {
  return rewritten(list, lists, 'GET');
}

/** The list of an answer that grants it, as it is said to others. */
export function grantedUpgrade(list: HeaderList, lists: HeaderListPool): HeaderList {
  return list.names.some(isProof) ? rewritten(list, lists, null) : list;
}

/** What varies of either, as it is said to others. */
export function withoutProof(fields: VolatileFields): VolatileFields {
  return withoutFields(fields, isProof);
}

/** The list as it goes over the wire. */
export function extendedConnect(list: HeaderList, lists: HeaderListPool): HeaderList {
  return rewritten(list, lists, 'CONNECT');
}

function isProof(name: string): boolean {
  return name === KEY_FIELD || name === ACCEPT_FIELD;
}

/** Without proofs; `method` null: it has none. */
function rewritten({ names, values, sensitive }: HeaderList, lists: HeaderListPool, method: string | null): HeaderList {
  const kept: { readonly names: string[]; readonly values: string[] } = { names: [], values: [] };
  for (const [at, name] of names.entries()) {
    if (isProof(name)) continue;
    kept.names.push(name);
    kept.values.push((name === ':method' ? method : values[at]) ?? '');
  }
  return lists.intern(kept.names, kept.values, sensitive);
}
