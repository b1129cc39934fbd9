// SPDX-License-Identifier: Apache-2.0

/**
 * Snapshots one after the other as translation makes them: what did not change is the same object, long lists of entries stand at many hosts,
 * hosts at many listeners, and both move about.
 */
import { PLAIN_EDGE } from './listener.test-support.ts';
import type { Listener, VirtualHost } from './listener.ts';
import { variantRule } from './random-snapshot.test-support.ts';
import type { RequestMatch, RouteEntry, Rule } from './rule.ts';
import type { Binding, Snapshot } from './snapshot.ts';
import type { StreamRule } from './stream-rule.ts';

const RULES = ['a', 'b', 'c', 'd', 'e', 'f'];
const HOSTS = ['*', '*.example.com', 'a.example.com', 'b.example.com', 'c.example.com'];
const PLACES = [0, 1, 2];
const KINDS = ['http', 'http', 'https', 'tls', 'tcp'] as const;

/** Gives a number below the one that it is given. */
export type Choose = (below: number) => number;

/** A world that changes by chance. */
export class RandomHistory {
  readonly #choose: Choose;
  #version = 0;
  #variants = 0;
  #rules = new Map<string, Rule>(RULES.map(id => [id, variantRule(id, 0)]));
  #bindings: readonly Binding[] = [];

  constructor(choose: Choose) {
    this.#choose = choose;
  }

  /** The next one. */
  step(): Snapshot {
    for (let changes = this.#choose(4); changes >= 0; changes--) this.#change();
    this.#version++;
    const none = { clusters: [], endpoints: [], certificates: [], trustBundles: [], clients: [] };
    return { version: this.#version, bindings: this.#bindings, ...none };
  }

  #change(): void {
    switch (this.#choose(5)) {
      case 0:
        this.#changeRule();
        break;
      case 1:
        this.#bindings = PLACES.filter(() => this.#choose(4) > 0).map(place => this.#binding(place));
        break;
      default: {
        const at = this.#choose(this.#bindings.length + 1);
        const fresh = this.#binding(this.#bindings[at]?.port ?? this.#choose(PLACES.length));
        this.#bindings = [...this.#bindings.filter(({ id }) => id !== fresh.id), fresh];
      }
    }
  }

  /** Wherever it stands, so lists that have it are others. */
  #changeRule(): void {
    const id = this.#one(RULES);
    const rule = variantRule(id, ++this.#variants % 3);
    this.#rules.set(id, rule);
    const lists = new Map<unknown, unknown>();
    const replaced = <T>(list: readonly T[], each: (item: T) => T): readonly T[] => {
      const known = lists.get(list) as readonly T[] | undefined;
      if (known !== undefined) return known;
      const next = list.map(each);
      const kept = next.every((item, at) => item === list[at]) ? list : next;
      lists.set(list, kept);
      return kept;
    };
    const entry = (one: RouteEntry): RouteEntry => (one.rule.id === id ? { ...one, rule } : one);
    const host = (one: VirtualHost): VirtualHost => {
      const entries = replaced(one.entries, entry);
      return entries === one.entries ? one : { ...one, entries };
    };
    const listener = (one: Listener): Listener => {
      if (!('virtualHosts' in one)) return one;
      const virtualHosts = replaced(one.virtualHosts, host);
      return virtualHosts === one.virtualHosts ? one : { ...one, virtualHosts };
    };
    this.#bindings = this.#bindings.map(one => ({ ...one, listeners: replaced(one.listeners, listener) }));
  }

  #binding(port: number): Binding {
    const known = this.#bindings.find(one => one.port === port);
    const listeners = this.#shuffled(known?.listeners ?? []).filter(() => this.#choose(5) > 0);
    const names = this.#shuffled(['x', 'y', 'z']).slice(0, this.#choose(3));
    const made = names.map(name => this.#listener(name));
    const kept = listeners.filter(({ name }) => !names.includes(name));
    const id = `127.0.0.1:${port}/tcp`;
    const admission = 'first-bytes' as const;
    const all = [...kept, ...made];
    return { id, address: '127.0.0.1', port, admission, frontend: null, proxyProtocolFrom: [], listeners: all };
  }

  #listener(name: string): Listener {
    const gateway = { namespace: 'default', name: 'gateway' };
    const identity = { ...PLAIN_EDGE, id: `default/gateway/${name}`, gateway, name, hostname: this.#one(HOSTS) };
    const { clients, listenerSet } = identity;
    const bare = { id: identity.id, gateway, name, hostname: identity.hostname, clients, listenerSet };
    const kind = this.#one(KINDS);
    switch (kind) {
      case 'http':
        return { kind, ...identity, virtualHosts: this.#hosts() };
      case 'https':
        return { kind, tls: { certificates: ['a'], clients: null }, ...identity, virtualHosts: this.#hosts() };
      case 'tls': {
        const names = this.#shuffled(HOSTS).slice(this.#choose(HOSTS.length));
        return { kind, ...bare, tls: null, serverNames: names.map(hostname => ({ hostname, rule: this.#stream() })) };
      }
      case 'tcp':
        return { kind, ...bare, rule: this.#choose(2) === 0 ? null : this.#stream() };
    }
  }

  #stream(): StreamRule {
    const { id, origin } = this.#rules.get(this.#one(RULES)) ?? variantRule('a', 0);
    const idleTimeoutMs = this.#choose(2);
    return { id, origin, fault: null, backends: [], totalWeight: 0, idleTimeoutMs, alpn: [] };
  }

  /** The very list of another listener, or one of its own, of hosts that are there or are not. */
  #hosts(): readonly VirtualHost[] {
    const there = this.#bindings.flatMap(({ listeners }) =>
      listeners.flatMap(one => ('virtualHosts' in one ? [one.virtualHosts] : [])),
    );
    if (there.length > 0 && this.#choose(3) === 0) return this.#one(there);
    const hosts = there.flat();
    return this.#shuffled(HOSTS)
      .slice(this.#choose(HOSTS.length))
      .map(hostname => {
        const known = hosts.filter(host => host.hostname === hostname);
        if (known.length > 0 && this.#choose(2) === 0) return this.#one(known);
        return { hostname, entries: this.#entries(hosts.map(({ entries }) => entries)) };
      });
  }

  /** A list that is there, one made of it, or another; long and short ones. */
  #entries(there: readonly (readonly RouteEntry[])[]): readonly RouteEntry[] {
    const list = there.length > 0 && this.#choose(4) > 0 ? this.#one(there) : [];
    const other = there.length > 0 ? this.#one(there) : [];
    switch (this.#choose(5)) {
      case 0:
        return list;
      case 1:
        return [...list.slice(0, this.#choose(list.length + 1)), ...this.#freshEntries(40)];
      case 2:
        return this.#shuffled([...list, ...other.slice(this.#choose(other.length + 1))]).slice(0, 60);
      case 3:
        return list.map(entry => (this.#choose(9) === 0 ? this.#altered(entry) : entry));
      default:
        return [...this.#freshEntries(4), ...list.slice(this.#choose(list.length + 1))];
    }
  }

  #freshEntries(most: number): readonly RouteEntry[] {
    return Array.from({ length: this.#choose(most) }, () => {
      const rule = this.#rules.get(this.#one(RULES)) ?? variantRule('a', 0);
      return { match: this.#match(), rule, matchIndex: this.#choose(12) };
    });
  }

  #altered(entry: RouteEntry): RouteEntry {
    const rule = this.#rules.get(this.#one(RULES)) ?? entry.rule;
    return this.#choose(2) === 0 ? { ...entry, match: this.#match() } : { ...entry, rule };
  }

  #match(): RequestMatch {
    const path = { kind: 'prefix' as const, value: `/${this.#choose(5)}` };
    return { kind: 'http', path, method: null, headers: [], queryParams: [] };
  }

  #one<T>(list: readonly T[]): T {
    return list[this.#choose(list.length)] as T;
  }

  #shuffled<T>(list: readonly T[]): T[] {
    const rest = [...list];
    return list.map(() => rest.splice(this.#choose(rest.length), 1)[0] as T);
  }
}
