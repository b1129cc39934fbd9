// SPDX-License-Identifier: Apache-2.0

/** What a balancer needs to know of an endpoint. */
export interface Choice {
  readonly key: string;
  readonly activeRequests: number;
}

/** Picks per stream, in O(1) or O(log n), allocating nothing. Compiled anew whenever the set of usable endpoints changes. */
export interface Picker<E extends Choice> {
  /** `hash` is read by hash balancers only. */
  pick(hash: number): E | undefined;
}
