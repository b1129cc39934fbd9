// SPDX-License-Identifier: Apache-2.0

/** TCP keepalive: frees what a vanished peer left behind on connections without traffic. */
export const KEEPALIVE_MS = 60_000;
