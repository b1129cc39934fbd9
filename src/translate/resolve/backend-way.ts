// SPDX-License-Identifier: Apache-2.0

/** How backends are reached for what comes in through a listener. */
export interface BackendWay {
  /** False: what clients send goes on as it is, TLS of their own among it, so BackendTLSPolicies do not apply. */
  readonly encrypts: boolean;
  /** `namespace/name` of the Secret whose certificate the Gateway shows to backends; null: none. */
  readonly clientSecret: string | null;
  /** False: backends in other namespaces need no ReferenceGrant, for clients could reach them anyway (GEP-1294). */
  readonly needsGrants: boolean;
}

/** That of requests when their Gateway has no certificate of its own. */
export const ENCRYPTING: BackendWay = { encrypts: true, clientSecret: null, needsGrants: true };
/** That of streams. */
export const PASSING_ON: BackendWay = { encrypts: false, clientSecret: null, needsGrants: true };

/** Tells ways apart: '' for the two above. */
export function wayName({ encrypts, clientSecret, needsGrants }: BackendWay, usual: BackendWay): string {
  const tls = `${needsGrants ? '' : '/mesh'}${encrypts === usual.encrypts ? '' : '/tls'}`;
  return clientSecret === null ? tls : `${tls} as ${clientSecret}`;
}
