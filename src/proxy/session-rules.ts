// SPDX-License-Identifier: Apache-2.0

import { type Rule, requestListeners, type Snapshot, type VirtualHost } from '../snapshot/index.ts';

/** Looks for the first rule that keeps sessions. A virtual host is looked through once: most are the same from one snapshot to the next. */
export class SessionRules {
  /** Virtual hosts that were looked through, and bindings: endpoints change while those do not. No rule of theirs keeps any. */
  readonly #free = new WeakSet<VirtualHost | Snapshot['bindings']>();

  /** Stops at the first rule that does. */
  any({ bindings }: Pick<Snapshot, 'bindings'>): boolean {
    if (this.#free.has(bindings)) return false;
    for (const { listeners } of bindings)
      for (const { virtualHosts } of requestListeners(listeners)) if (!virtualHosts.every(this.#isFree)) return true;
    this.#free.add(bindings);
    return false;
  }

  readonly #isFree = (host: VirtualHost): boolean => {
    if (this.#free.has(host)) return true;
    if (host.entries.some(({ rule }) => keepsSessions(rule))) return false;
    this.#free.add(host);
    return true;
  };
}

function keepsSessions({ sessionPersistence, backends }: Rule): boolean {
  return sessionPersistence !== null || backends.some(({ session }) => session !== null);
}
