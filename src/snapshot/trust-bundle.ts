// SPDX-License-Identifier: Apache-2.0

/** Certificates of authorities that the chain of a peer, a backend or a client, must end at. */
export interface TrustBundle {
  /** `Kind/namespace/name@hash` of each object that it was read of, joined by `+`: what changes is another bundle. */
  readonly id: string;
  /** One certificate each, sorted, without doubles. Never empty. */
  readonly pem: readonly string[];
}
