// SPDX-License-Identifier: Apache-2.0

/** Where the traffic of a socket is counted. */
export interface TrafficCounters {
  readonly values: Float64Array;
  readonly read: number;
  readonly written: number;
}
