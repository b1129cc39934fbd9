// SPDX-License-Identifier: Apache-2.0

import type { ExplainedBackend } from '../explanation.ts';

/** A connection whose bytes are passed on, or the datagrams of a client, as a person asks about them. */
export interface StreamQuestion {
  readonly transport: 'tcp' | 'udp';
  /** As bound. */
  readonly port: number;
  /** `namespace/name`; null: any. */
  readonly gateway: string | null;
  /** Its name or id; null: any. */
  readonly listener: string | null;
}

/** What they would meet. Plain data, with sentences that are ready to be shown. */
export interface StreamExplanation {
  readonly stream: { readonly transport: 'tcp' | 'udp'; readonly port: number };
  /** One for each socket that the question leaves open. */
  readonly places: readonly StreamPlace[];
}

export interface StreamPlace {
  /** `address:port`. */
  readonly address: string;
  /** `namespace/gateway/listener`. */
  readonly listener: string;
  /** The rule that takes all of it; null: no route is attached. */
  readonly rule: StreamRuleName | null;
  readonly backends: readonly ExplainedBackend[];
  readonly answer: { readonly kind: 'forwarded' | 'refused'; readonly text: string };
}

export interface StreamRuleName {
  /** `UDPRoute/namespace/name`. */
  readonly route: string;
  readonly ruleName: string;
  readonly idleTimeoutMs: number;
}
