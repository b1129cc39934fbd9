// SPDX-License-Identifier: Apache-2.0

/** What one worker found out about an endpoint. `removed`: it is no endpoint any more. */
export type ReachChange =
  | {
      readonly kind: 'unreachable';
      readonly cluster: string;
      readonly endpoint: string;
      readonly name: string;
      readonly reason: string;
    }
  | {
      readonly kind: 'reachable' | 'removed';
      readonly cluster: string;
      readonly endpoint: string;
      readonly name: string;
    };
