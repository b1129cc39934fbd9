// SPDX-License-Identifier: Apache-2.0

/** Who is charged with what waits in windows that grew, of requests and responses alike. */
export interface WindowAccount {
  /** By how much windows are larger for it than at first. */
  grownBytes: number;
}

/** By how much the window of one stream is larger than at first, and for whom. */
export interface GrownWindow {
  readonly account: WindowAccount;
  bytes: number;
}
