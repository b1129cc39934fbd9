// SPDX-License-Identifier: Apache-2.0

/** How backends are reached for what comes in through a listener. */
export interface BackendWay {
  /** False: what clients send goes on as it is, TLS of their own among it, so BackendTLSPolicies do not apply. */
  readonly encrypts: boolean;
  /** `namespace/name` of the Secret whose certificate the Gateway shows to backends; null: none. */
  readonly clientSecret: string | null;
  /** A namespace whose Services need no ReferenceGrant to be backends, besides the route's own: that of the Service which clients asked for. */
  readonly granted: string | null;
  /**
   * What comes in is of clients of this node, which is known: Services with `internalTrafficPolicy: Local` are reached on it alone. Traffic of
   * Gateways comes from anywhere, and is not what that field is for.
   */
  readonly isOfNode: boolean;
}

/** That of requests when their Gateway has no certificate of its own. */
export const ENCRYPTING: BackendWay = { encrypts: true, clientSecret: null, granted: null, isOfNode: false };
/** That of streams. */
export const PASSING_ON: BackendWay = { encrypts: false, clientSecret: null, granted: null, isOfNode: false };

/** Tells ways apart: '' for the two above. */
export function wayName({ encrypts, clientSecret, granted, isOfNode }: BackendWay, usual: BackendWay): string {
  const whose = `${isOfNode ? '/of node' : ''}${granted === null ? '' : `/for ${granted}`}`;
  const tls = `${whose}${encrypts === usual.encrypts ? '' : '/tls'}`;
  return clientSecret === null ? tls : `${tls} as ${clientSecret}`;
}
