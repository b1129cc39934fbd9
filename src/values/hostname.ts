// SPDX-License-Identifier: Apache-2.0

/**
 * Hostname patterns of the Gateway API (HTTPRoute and GRPCRoute `hostnames`, Listener `hostname`).
 *
 * A pattern is a precise DNS name (`foo.example.com`) or a wildcard (`*.example.com`), in lower case. A wildcard is a
 * suffix match over one or more labels: it takes `a.example.com` and `a.b.example.com`, not `example.com`. The pattern
 * `*` takes every host; it stands for a missing hostname and is never written by a user.
 */
export const ANY_HOST = '*';

/** True when `pattern` takes `host`. `host` is in lower case and has no port. */
export function hostnameMatches(pattern: string, host: string): boolean {
  if (pattern === ANY_HOST) return true;
  if (!pattern.startsWith('*.')) return pattern === host;
  return host.length > pattern.length - 1 && host.endsWith(pattern.slice(1));
}

/** The hosts that both patterns take, as one pattern; undefined when there are none. */
export function intersectHostnames(a: string, b: string): string | undefined {
  if (a === b || b === ANY_HOST) return a;
  if (a === ANY_HOST) return b;
  if (a.startsWith('*.')) {
    const suffix = a.slice(1);
    if (!b.startsWith('*.')) return hostnameMatches(a, b) ? b : undefined;
    if (b.endsWith(suffix)) return b;
    return a.endsWith(b.slice(1)) ? a : undefined;
  }
  return hostnameMatches(b, a) ? a : undefined;
}

/** True when a pattern takes every host that another pattern takes. */
export function hostnameCovers(pattern: string, other: string): boolean {
  if (pattern === other || pattern === ANY_HOST) return true;
  if (!other.startsWith('*')) return hostnameMatches(pattern, other);
  return pattern.startsWith('*.') && other.endsWith(pattern.slice(1));
}

/** The patterns that take every host of a pattern, most specific first, itself among them: see `hostnameCovers`. */
export function* coveringHostnames(pattern: string): Generator<string> {
  if (pattern !== ANY_HOST && !pattern.startsWith('*.')) yield pattern;
  for (let at = pattern.indexOf('.', 1); at >= 0; at = pattern.indexOf('.', at + 1)) yield `*${pattern.slice(at)}`;
  yield ANY_HOST;
}

/**
 * Orders the most specific pattern first, as the Gateway API ranks matching hostnames: more characters in a
 * non-wildcard hostname first, then more characters. `*` is last. Patterns of one rank are ordered by text.
 */
export function compareHostnames(a: string, b: string): number {
  const wildA = a.startsWith('*') ? 1 : 0;
  const wildB = b.startsWith('*') ? 1 : 0;
  return wildA - wildB || b.length - a.length || (a < b ? -1 : a > b ? 1 : 0);
}

/** The host of an authority (`host`, `host:port`, `[v6]:port`) in lower case, without port and trailing dot. */
export function hostOfAuthority(authority: string): string {
  const lower = authority.toLowerCase();
  const end = lower.startsWith('[') ? lower.indexOf(']') + 1 : lower.indexOf(':');
  const host = end > 0 ? lower.slice(0, end) : lower;
  return host.endsWith('.') ? host.slice(0, -1) : host;
}
