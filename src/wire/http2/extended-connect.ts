// SPDX-License-Identifier: Apache-2.0

import type { HeaderList } from '../head/header-list.ts';
import type { HeaderListPool } from '../head/header-list-pool.ts';
import { KEY_FIELD } from '../websocket/handshake.ts';

/**
 * A request that asks for an upgrade is extended CONNECT on the wire (RFC 8441 §4) and GET everywhere else, so that a route finds it
 * whatever version carries it. Upgrades are rare: the other list is looked up each time.
 */

/** The list as it is said to others: no client has a key here, and one that came all the same means nothing. */
export function askedUpgrade(list: HeaderList, lists: HeaderListPool): HeaderList {
  return withMethod('GET', list, lists);
}

/** The list as it goes over the wire. */
export function extendedConnect(list: HeaderList, lists: HeaderListPool): HeaderList {
  return withMethod('CONNECT', list, lists);
}

function withMethod(method: string, { names, values, sensitive }: HeaderList, lists: HeaderListPool): HeaderList {
  const kept: { readonly names: string[]; readonly values: string[] } = { names: [], values: [] };
  for (const [at, name] of names.entries()) {
    if (name === KEY_FIELD) continue;
    kept.names.push(name);
    kept.values.push(name === ':method' ? method : (values[at] ?? ''));
  }
  return lists.intern(kept.names, kept.values, sensitive);
}
