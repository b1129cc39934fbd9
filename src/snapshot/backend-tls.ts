// SPDX-License-Identifier: Apache-2.0

/** How connections to the endpoints of a cluster are encrypted, and how both sides prove who they are. TLS 1.2 and 1.3. */
export interface BackendTls {
  /** Sent as SNI (RFC 6066 §3). */
  readonly serverName: string;
  /** Where the endpoint's chain must end: the id of one of `Snapshot.trustBundles`, or the authorities of the system. */
  readonly trust: { readonly kind: 'bundle'; readonly bundle: string } | { readonly kind: 'system' };
  /** The endpoint's certificate must have one of these subject alternative names. In the order written; never empty. */
  readonly identities: readonly PeerIdentity[];
  /** The id of one of `Snapshot.certificates`, shown when the endpoint asks for it; null: there is none. */
  readonly clientCertificate: string | null;
}

/** A subject alternative name (RFC 5280 §4.2.1.6) that is wanted. */
export type PeerIdentity =
  /** A hostname pattern (`values/hostname.ts`). */
  | { readonly kind: 'hostname'; readonly hostname: string }
  /** Compared whole; SPIFFE ids, say. */
  | { readonly kind: 'uri'; readonly uri: string };
