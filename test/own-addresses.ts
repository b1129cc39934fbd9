// SPDX-License-Identifier: Apache-2.0

/** 127.128.0.0: far from the addresses that tests write out. */
const FIRST = 0x7f_80_00_00;
const POOL = 8;
/** So many addresses for each process: ids of processes that run side by side are not a hundred thousand apart. */
const EACH = 8 * POOL;
const PROCESSES = 0x80_00_00 / EACH;

const first = FIRST + (process.pid % PROCESSES) * EACH;
const dotted = (address: number): string => [24, 16, 8, 0].map(shift => (address >>> shift) & 255).join('.');

/** Loopback addresses that no other process has, for ports that cannot be chosen freely: eight in each of the pools 0 to 7. */
export const ownPool = (at = 0): string => `${dotted(first + at * POOL)}/29`;

/** One of the first pool. */
export const OWN_ADDRESS = dotted(first + 1);
