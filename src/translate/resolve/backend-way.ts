// SPDX-License-Identifier: Apache-2.0

/** How backends are reached for what comes in through a listener. */
export interface BackendWay {
  /** False: what clients send goes on as it is, TLS of their own among it, so BackendTLSPolicies do not apply. */
  readonly encrypts: boolean;
  /** `namespace/name` of the Secret whose certificate the Gateway shows to backends; null: none. */
  readonly clientSecret: string | null;
  /** A namespace whose Services need no ReferenceGrant to be backends, besides the route's own: that of the Service which clients asked for. */
  readonly granted: string | null;
}

/** That of requests when their Gateway has no certificate of its own. */
export const ENCRYPTING: BackendWay = { encrypts: true, clientSecret: null, granted: null };
/** That of streams. */
export const PASSING_ON: BackendWay = { encrypts: false, clientSecret: null, granted: null };

/** Tells ways apart: '' for the two above. */
export function wayName({ encrypts, clientSecret, granted }: BackendWay, usual: BackendWay): string {
  const tls = `${granted === null ? '' : `/for ${granted}`}${encrypts === usual.encrypts ? '' : '/tls'}`;
  return clientSecret === null ? tls : `${tls} as ${clientSecret}`;
}
