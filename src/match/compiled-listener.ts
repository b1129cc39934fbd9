// SPDX-License-Identifier: Apache-2.0

import type { RequestListener, RouteEntry, VirtualHost } from '../snapshot/index.ts';
import { AddressRanges, apart } from '../values/index.ts';
import {
  type CompiledVirtualHost,
  compileVirtualHost,
  firstEntry,
  type MatcherOptions,
  type Taken,
} from './compiled-virtual-host.ts';
import { HostIndex } from './host-index.ts';
import { type PatternWork, TOO_MUCH_WORK } from './pattern-work.ts';
import type { RequestView } from './request-view.ts';

/** One listener's routes, ready to be asked. */
export class CompiledListener {
  readonly listener: RequestListener;
  /** Names of all headers that its matches and its health endpoint look at. */
  readonly headerNames: ReadonlySet<string>;
  /** True when one of them is a volatile one: then an answer must not be kept with a header list. */
  readonly usesVolatile: boolean;
  /** Whose word about clients is believed; null: nobody's. */
  readonly trustedProxies: AddressRanges | null;
  readonly #hosts: HostIndex<CompiledVirtualHost>;
  readonly #work: PatternWork;

  constructor(
    listener: RequestListener,
    hosts: HostIndex<CompiledVirtualHost>,
    { names, usesVolatile, work }: ListenerParts,
  ) {
    this.listener = listener;
    this.trustedProxies = listener.trustedProxies.length === 0 ? null : new AddressRanges(listener.trustedProxies);
    this.headerNames = names;
    this.usesVolatile = usesVolatile;
    this.#hosts = hosts;
    this.#work = work;
  }

  /**
   * The entry that takes a request for a host (lower case, no port): that of the most specific virtual host that has one,
   * there the first one. Undefined: no rule is known to take it.
   */
  match(host: string, request: RequestView): RouteEntry | undefined {
    const taken = this.entryOf(this.virtualHostsOf(host), request);
    return taken === TOO_MUCH_WORK ? undefined : taken;
  }

  /** The same of virtual hosts that are known already, as whoever answers the request asks. */
  entryOf(hosts: readonly CompiledVirtualHost[], request: RequestView): Taken {
    return firstEntry(hosts, request, this.#work);
  }

  /** True when it has routes, but none for the host: then the host is the mistake, not the method. */
  isForeign(host: string): boolean {
    return this.listener.virtualHosts.length > 0 && this.#hosts.find(host) === undefined;
  }

  /** The virtual hosts that take a host, most specific first. */
  virtualHostsOf(host: string): readonly CompiledVirtualHost[] {
    const found: CompiledVirtualHost[] = [];
    let virtualHost = this.#hosts.find(host);
    while (virtualHost !== undefined) {
      found.push(virtualHost);
      virtualHost = this.#hosts.findAfter(virtualHost.source.hostname, host);
    }
    return found;
  }

  /**
   * The same for a listener that differs in some virtual hosts alone, none of which looks at headers; undefined: it must be compiled
   * anew. Apart from a pass over the hosts, by identity, it costs what changed; where hosts come or go, a copy of the index as well.
   */
  withHosts(listener: RequestListener, options: ListenerOptions): CompiledListener | undefined {
    if (listener.health !== this.listener.health) return undefined;
    const { old, now } = differingHosts(this.listener.virtualHosts, listener.virtualHosts);
    if (old.length + now.length > MANY_CHANGED) return undefined;
    const compiled = new Map<string, CompiledVirtualHost | undefined>();
    for (const { hostname } of old) compiled.set(hostname, undefined);
    for (const source of now) {
      const one = compileVirtualHost(source, options, this.#hosts.get(source.hostname));
      if (one.matcher.headerNames.size > 0) return undefined;
      compiled.set(source.hostname, one);
    }
    for (const hostname of compiled.keys())
      if ((this.#hosts.get(hostname)?.matcher.headerNames.size ?? 0) > 0) return undefined;
    return new CompiledListener(listener, this.#hosts.replacing(compiled), this.#parts);
  }

  /** The same for another listener with the very same virtual hosts; undefined: it differs in what else is asked of headers. */
  withRoutesOf(listener: RequestListener): CompiledListener | undefined {
    if (listener.health !== this.listener.health) return undefined;
    return new CompiledListener(listener, this.#hosts, this.#parts);
  }

  get #parts(): ListenerParts {
    return { names: this.headerNames, usesVolatile: this.usesVolatile, work: this.#work };
  }

  /** The virtual host of exactly this pattern. */
  virtualHost(pattern: string): CompiledVirtualHost | undefined {
    return this.#hosts.get(pattern);
  }
}

interface ListenerParts {
  readonly names: ReadonlySet<string>;
  readonly usesVolatile: boolean;
  readonly work: PatternWork;
}

/** Listeners by their virtual hosts: those that are alike have one list of them, and then one index. One per worker. */
export type SharedListeners = WeakMap<readonly VirtualHost[], CompiledListener>;

/** What all listeners of a binding are compiled with. */
export interface ListenerOptions extends MatcherOptions {
  readonly volatileNames: ReadonlySet<string>;
  readonly listeners: SharedListeners;
}

/** Compiles a listener; virtual hosts that did not change since `previous` are taken over. Where few did, others are not even looked up. */
export function compileListener(
  listener: RequestListener,
  options: ListenerOptions,
  previous: CompiledListener | undefined,
): CompiledListener {
  if (previous?.listener === listener) return previous;
  const alike = options.listeners.get(listener.virtualHosts)?.withRoutesOf(listener);
  if (alike !== undefined) return alike;
  const compiled = previous?.withHosts(listener, options) ?? compileAnew(listener, options, previous);
  options.listeners.set(listener.virtualHosts, compiled);
  return compiled;
}

function compileAnew(
  listener: RequestListener,
  options: ListenerOptions,
  previous: CompiledListener | undefined,
): CompiledListener {
  const compiled = listener.virtualHosts.map(source =>
    compileVirtualHost(source, options, previous?.virtualHost(source.hostname)),
  );
  const names = new Set(listener.health?.headers.map(({ name }) => name));
  for (const { matcher } of compiled) {
    // Most have none: an iterator for each of thousands costs more than all else here.
    if (matcher.headerNames.size > 0) for (const name of matcher.headerNames) names.add(name);
  }
  return new CompiledListener(listener, HostIndex.of(compiled.map(one => [one.source.hostname, one])), {
    names,
    usesVolatile: [...names].some(name => options.volatileNames.has(name)),
    work: options.verdicts.work,
  });
}

/** Of more than these it is cheaper to begin anew. */
const MANY_CHANGED = 1_000;

/** The virtual hosts that only one of two lists has. */
function differingHosts(
  before: readonly VirtualHost[],
  after: readonly VirtualHost[],
): { readonly old: readonly VirtualHost[]; readonly now: readonly VirtualHost[] } {
  const { old, now } = apart(before, after);
  if (old.length === now.length)
    return {
      old: old.filter((host, place) => host !== now[place]),
      now: now.filter((host, place) => host !== old[place]),
    };
  const [had, has] = [new Set(old), new Set(now)];
  return { old: old.filter(host => !has.has(host)), now: now.filter(host => !had.has(host)) };
}
