// SPDX-License-Identifier: Apache-2.0

import { type Rule, requestListeners, type Snapshot, type VirtualHost } from '../snapshot/index.ts';

/** Looks for rules that keep sessions. A virtual host is looked through once: most are the same from one snapshot to the next. */
export class SessionRules {
  /** Listener id → its hosts as they were last: no rule of theirs keeps any. */
  #free: ReadonlyMap<string, readonly VirtualHost[]> = new Map();
  /** Looked through last: endpoints change while bindings do not. */
  #last: { readonly bindings: Snapshot['bindings']; readonly any: boolean } | null = null;

  /** Stops at the first rule that does. */
  any({ bindings }: Snapshot): boolean {
    if (this.#last?.bindings !== bindings) this.#last = { bindings, any: this.#look(bindings) };
    return this.#last.any;
  }

  #look(bindings: Snapshot['bindings']): boolean {
    const free = new Map<string, readonly VirtualHost[]>();
    for (const { listeners } of bindings) {
      for (const { id, virtualHosts } of requestListeners(listeners)) {
        const before = this.#free.get(id) ?? [];
        if (virtualHosts.some((host, at) => host !== before[at] && has(host))) return true;
        free.set(id, virtualHosts);
      }
    }
    this.#free = free;
    return false;
  }
}

function has({ entries }: VirtualHost): boolean {
  return entries.some(({ rule }) => keepsSessions(rule));
}

function keepsSessions({ sessionPersistence, backends }: Rule): boolean {
  return sessionPersistence !== null || backends.some(({ session }) => session !== null);
}
