// SPDX-License-Identifier: Apache-2.0

import { type Rule, requestListeners, type Snapshot, type VirtualHost } from '../snapshot/index.ts';

/** Looks for rules that keep sessions. A virtual host is looked through once: most are the same from one snapshot to the next. */
export class SessionRules {
  readonly #found = new WeakMap<VirtualHost, boolean>();
  /** Looked through last: endpoints change while bindings do not. */
  #last: { readonly bindings: Snapshot['bindings']; readonly any: boolean } | null = null;

  /** Stops at the first rule that does. */
  any({ bindings }: Snapshot): boolean {
    if (this.#last?.bindings !== bindings) this.#last = { bindings, any: this.#look(bindings) };
    return this.#last.any;
  }

  #look(bindings: Snapshot['bindings']): boolean {
    for (const { listeners } of bindings) {
      for (const { virtualHosts } of requestListeners(listeners)) {
        for (const virtualHost of virtualHosts) if (this.#has(virtualHost)) return true;
      }
    }
    return false;
  }

  #has(virtualHost: VirtualHost): boolean {
    const known = this.#found.get(virtualHost);
    if (known !== undefined) return known;
    const found = virtualHost.entries.some(({ rule }) => keepsSessions(rule));
    this.#found.set(virtualHost, found);
    return found;
  }
}

function keepsSessions({ sessionPersistence, backends }: Rule): boolean {
  return sessionPersistence !== null || backends.some(({ session }) => session !== null);
}
