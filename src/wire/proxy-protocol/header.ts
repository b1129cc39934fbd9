// SPDX-License-Identifier: Apache-2.0

/**
 * What a proxy says first on a connection: whose it is (The PROXY protocol, versions 1 & 2, HAProxy Technologies, 2020-03-05).
 * In each version the header is there once, whole, before anything else; whoever expects one must not guess whether it came (§2).
 */

/** One end of a connection. */
export interface ProxyAddress {
  /** IPv4 in four decimal parts, or IPv6 as RFC 5952 has it. */
  readonly address: string;
  readonly port: number;
}

/** `local`: the proxy speaks for itself, or does not know whose the connection is: its own addresses count. */
export type ProxyHeader =
  | { readonly kind: 'local' }
  | { readonly kind: 'proxied'; readonly source: ProxyAddress; readonly destination: ProxyAddress };

/** What the first bytes of a connection are. `length`: of the header, after which the connection's own bytes begin. */
export type ProxyHeaderRead =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'read'; readonly header: ProxyHeader; readonly length: number }
  /** `absent`: no header of either version begins like this. */
  | { readonly kind: 'absent' }
  /** `reason`: one clause, for people. */
  | { readonly kind: 'malformed'; readonly reason: string };

export type ProxyVersion = 'v1' | 'v2';

export const INCOMPLETE: ProxyHeaderRead = { kind: 'incomplete' };
export const LOCAL: ProxyHeader = { kind: 'local' };

export function malformed(reason: string): ProxyHeaderRead {
  return { kind: 'malformed', reason };
}
