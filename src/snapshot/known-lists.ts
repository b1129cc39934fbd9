// SPDX-License-Identifier: Apache-2.0

import { requestListeners, type VirtualHost } from './listener.ts';
import type { Binding, Snapshot } from './snapshot.ts';

/** Where a list is in a snapshot: virtual hosts by their listener, entries by the virtual host. Indexes; listeners are those that route requests. */
export interface ListPlace {
  readonly binding: number;
  readonly listener: number;
  /** null: the list of virtual hosts itself. */
  readonly host: number | null;
}

/** Shorter lists of entries are rather sent again than looked for among those of thousands of hosts. */
export const SHORTEST_KNOWN = 16;

/** The long lists of a snapshot by identity, found once they are asked for. */
export class KnownLists {
  readonly #snapshot: Pick<Snapshot, 'bindings'>;
  #places: Map<readonly unknown[], ListPlace> | undefined;

  constructor(snapshot: Pick<Snapshot, 'bindings'>) {
    this.#snapshot = snapshot;
  }

  /** undefined: the snapshot does not have it, or it is short. */
  placeOf(list: readonly unknown[]): ListPlace | undefined {
    this.#places ??= placesIn(this.#snapshot.bindings);
    return this.#places.get(list);
  }
}

function placesIn(bindings: readonly Binding[]): Map<readonly unknown[], ListPlace> {
  const places = new Map<readonly unknown[], ListPlace>();
  for (const [binding, { listeners }] of bindings.entries()) {
    for (const [listener, { virtualHosts }] of requestListeners(listeners).entries()) {
      if (virtualHosts.length === 0 || places.has(virtualHosts)) continue;
      places.set(virtualHosts, { binding, listener, host: null });
      // No iterator: there may be thousands, and most are short.
      for (let host = 0; host < virtualHosts.length; host++) {
        const { entries } = virtualHosts[host] as VirtualHost;
        if (entries.length >= SHORTEST_KNOWN) places.set(entries, { binding, listener, host });
      }
    }
  }
  return places;
}
