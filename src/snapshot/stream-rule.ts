// SPDX-License-Identifier: Apache-2.0

import type { BackendTarget, Fault, RuleOrigin } from './rule.ts';

/**
 * What becomes of a connection, or of the datagrams of one sender: bytes that are passed on as they are. The backend is chosen
 * once for each.
 */
export interface StreamRule {
  /** `Kind/namespace/name/index`; unique in a snapshot. */
  readonly id: string;
  readonly origin: RuleOrigin;
  /** Refused instead of forwarded: no backend has a weight. */
  readonly fault: Fault | null;
  /** Those with weight 0 are left out. The share of a fault is refused: its connections are closed, its datagrams dropped. */
  readonly backends: readonly StreamBackend[];
  /** Sum of the weights of `backends`; up to 16 × 1,000,000. */
  readonly totalWeight: number;
  /** Ended when neither side sent anything for so long. */
  readonly idleTimeoutMs: number;
  /** What clients may agree on where a listener ends their TLS (RFC 7301), the preferred first; its endpoints in TLS are asked for the same. Empty: nothing. */
  readonly alpn: readonly string[];
}

export interface StreamBackend {
  /** Above 0. */
  readonly weight: number;
  readonly target: BackendTarget;
}
