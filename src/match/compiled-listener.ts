// SPDX-License-Identifier: Apache-2.0

import type { RequestListener, RouteEntry } from '../snapshot/index.ts';
import { AddressRanges } from '../values/index.ts';
import { type CompiledVirtualHost, compileVirtualHost } from './compiled-virtual-host.ts';
import { HostIndex } from './host-index.ts';
import type { PatternVerdicts } from './pattern-verdicts.ts';
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

  constructor(listener: RequestListener, hosts: HostIndex<CompiledVirtualHost>, headers: HeaderUse) {
    this.listener = listener;
    this.trustedProxies = listener.trustedProxies.length === 0 ? null : new AddressRanges(listener.trustedProxies);
    this.headerNames = headers.names;
    this.usesVolatile = headers.usesVolatile;
    this.#hosts = hosts;
  }

  /**
   * The entry that takes a request for a host (lower case, no port): that of the most specific virtual host that has one,
   * there the first one. Undefined: no rule matches.
   */
  match(host: string, request: RequestView): RouteEntry | undefined {
    let virtualHost = this.#hosts.find(host);
    while (virtualHost !== undefined) {
      const entry = virtualHost.match(request);
      if (entry !== undefined) return entry;
      virtualHost = this.#hosts.findAfter(virtualHost.source.hostname, host);
    }
    return undefined;
  }

  /** True when it has routes, but none for the host: then the host is the mistake, not the method. */
  isForeign(host: string): boolean {
    return this.listener.virtualHosts.length > 0 && this.#hosts.find(host) === undefined;
  }

  /** The virtual hosts that take a host, most specific first: for explanations. */
  virtualHostsOf(host: string): readonly CompiledVirtualHost[] {
    const found: CompiledVirtualHost[] = [];
    let virtualHost = this.#hosts.find(host);
    while (virtualHost !== undefined) {
      found.push(virtualHost);
      virtualHost = this.#hosts.findAfter(virtualHost.source.hostname, host);
    }
    return found;
  }

  /** The virtual host of exactly this pattern. */
  virtualHost(pattern: string): CompiledVirtualHost | undefined {
    return this.#hosts.get(pattern);
  }
}

interface HeaderUse {
  readonly names: ReadonlySet<string>;
  readonly usesVolatile: boolean;
}

/** What all listeners of a binding are compiled with. */
export interface ListenerOptions {
  readonly volatileNames: ReadonlySet<string>;
  readonly verdicts: PatternVerdicts;
}

/** Compiles a listener; virtual hosts that did not change since `previous` are taken over. */
export function compileListener(
  listener: RequestListener,
  { volatileNames, verdicts }: ListenerOptions,
  previous: CompiledListener | undefined,
): CompiledListener {
  if (previous?.listener === listener) return previous;
  const hosts = new HostIndex<CompiledVirtualHost>();
  const names = new Set(listener.health?.headers.map(({ name }) => name));
  for (const source of listener.virtualHosts) {
    const compiled = compileVirtualHost(source, verdicts, previous?.virtualHost(source.hostname));
    hosts.add(source.hostname, compiled);
    for (const name of compiled.matcher.headerNames) names.add(name);
  }
  return new CompiledListener(listener, hosts, {
    names,
    usesVolatile: [...names].some(name => volatileNames.has(name)),
  });
}
