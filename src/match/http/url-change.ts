// SPDX-License-Identifier: Apache-2.0

import type { Filter, PathChange, ReachedPorts, Redirect, UrlRewrite } from '../../snapshot/index.ts';
import { hostOfAuthority } from '../../values/index.ts';

/** A request target, path and query, with its path changed. `target` begins with a slash, and with the prefix if one is replaced. */
export function changedTarget(change: PathChange, target: string): string {
  const mark = target.indexOf('?');
  const end = mark < 0 ? target.length : mark;
  if (change.kind === 'full') return change.value + target.slice(end);
  const { prefix, value } = change;
  if (value !== '') return value + target.slice(prefix.length);
  // What is left must not begin with two slashes: readers of URLs take what follows those for a host.
  let at = prefix.length;
  while (target[at] === '/') at++;
  return `/${target.slice(at)}`;
}

/** The rewrite that filters come to: of several the last one counts, host and path each by itself. null: there is none. */
export function rewriteOf(filters: readonly Filter[]): UrlRewrite | null {
  let hostname: UrlRewrite['hostname'] = null;
  let path: UrlRewrite['path'] = null;
  for (const filter of filters) {
    if (filter.kind !== 'rewrite') continue;
    hostname = filter.rewrite.hostname ?? hostname;
    path = filter.rewrite.path ?? path;
  }
  return hostname === null && path === null ? null : { hostname, path };
}

/** Who asks for what, and where. */
export interface RedirectedRequest {
  readonly scheme: 'http' | 'https';
  /** What the listener speaks: another than `scheme` where a trusted proxy says so. */
  readonly entered: 'http' | 'https';
  /** `:authority`, or the `host` field; its port is not believed. */
  readonly authority: string;
  /** Path and query. */
  readonly target: string;
  readonly ports: ReachedPorts;
}

/**
 * The `location` of a redirect: always with scheme and host. The port is the redirect's; else that of its scheme; else the listener's, but where a
 * proxy in front speaks another scheme, that of this one. What the scheme implies is left out (HTTPRequestRedirectFilter.port).
 */
export function locationOf({ scheme, hostname, port, path }: Redirect, request: RedirectedRequest): string {
  const { authority, entered, ports, target } = request;
  const newScheme = scheme ?? request.scheme;
  const host = hostname ?? hostOfAuthority(authority);
  const newPort = port ?? (scheme === null && newScheme === entered ? ports.own : ports[newScheme]);
  const isImplied = newPort === (newScheme === 'https' ? 443 : 80);
  const newTarget = path === null ? target : changedTarget(path, target);
  return `${newScheme}://${host}${isImplied ? '' : `:${newPort}`}${newTarget}`;
}
