// SPDX-License-Identifier: Apache-2.0

import { CONNECTION_NAMES } from './connection-names.ts';

/**
 * Request fields by which proxies tell servers behind them who a client is and what to do with its request. From a client
 * they are claims without ground, so they are dropped before matching: no rule, no filter and no endpoint ever sees them
 * (docs/requests.md has the table). What a filter of a route sets under these names is sent. Proxies that the Gateway trusts are
 * believed, but for what only Envoy tells Envoy.
 */
const ENVOY_PREFIX = 'x-envoy-';
/** Says only which kind of check a load balancer makes, and routes may match it. */
const HARMLESS: ReadonlySet<string> = new Set(['x-envoy-livenessprobe']);
const FORWARDED_PREFIX = 'x-forwarded-';
/** They are appended to, or set, whoever sent them. */
const OURS: ReadonlySet<string> = new Set(['x-forwarded-for', 'x-forwarded-proto']);
/** Who the client is, and which target it asked for: some frameworks route by the latter. */
const CLAIMS: ReadonlySet<string> = new Set(['forwarded', 'x-real-ip', 'x-original-url', 'x-rewrite-url']);

/** Whether a field (lower-case name) of a request is dropped at the edge. `isTrusted`: it comes from a proxy that the Gateway trusts. */
export function isDroppedAtEdge(name: string, isTrusted: boolean): boolean {
  if (name.startsWith(ENVOY_PREFIX)) return !HARMLESS.has(name);
  if (isTrusted) return false;
  return name.startsWith(FORWARDED_PREFIX) ? !OURS.has(name) : CLAIMS.has(name);
}

/** The value of `x-forwarded-proto` that rules and endpoints see. `said`: the one that came; `own`: that of the connection. */
export function forwardedProto(said: string | undefined, isTrusted: boolean, own: 'http' | 'https'): 'http' | 'https' {
  return isTrusted && (said === 'http' || said === 'https') ? said : own;
}

/** Whether no rule sees a field (lower-case name) of a request, whatever clients send: it is dropped at the edge, or of the connection. What an upgrade asks for, rules see. */
export function isHiddenFromRules(name: string, isTrusted: boolean): boolean {
  return isDroppedAtEdge(name, isTrusted) || (name !== 'upgrade' && CONNECTION_NAMES.has(name));
}
