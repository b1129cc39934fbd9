// SPDX-License-Identifier: Apache-2.0

/**
 * Request fields by which proxies tell servers behind them who a client is and what to do with its request. From a client
 * they are claims without ground, so they are dropped before matching: no rule, no filter and no endpoint ever sees them
 * (docs/requests.md has the table). What a filter of a route sets under these names is sent.
 */
const ENVOY_PREFIX = 'x-envoy-';
/** Says only which kind of check a load balancer makes, and routes may match it. */
const HARMLESS: ReadonlySet<string> = new Set(['x-envoy-livenessprobe']);
/** The identity in a client certificate that a proxy has verified. */
const CLIENT_CERTIFICATE = 'x-forwarded-client-cert';

/** Whether a field (lower-case name) of a request is dropped at the edge. */
export function isDroppedAtEdge(name: string): boolean {
  return name.startsWith(ENVOY_PREFIX) ? !HARMLESS.has(name) : name === CLIENT_CERTIFICATE;
}
