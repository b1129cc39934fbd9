// SPDX-License-Identifier: Apache-2.0

/** Whether `block[start, end)` is the same as known bytes. */
export function isSame(known: Uint8Array, block: Buffer, start: number, end: number): boolean {
  return known.length === end - start && isAt(known, block, start);
}

/** Whether known bytes stand at `block[start]`. From the last one on, for blocks of one peer tend to begin alike. */
export function isAt(known: Uint8Array, block: Buffer, start: number): boolean {
  for (let i = known.length - 1; i >= 0; i--) if (known[i] !== block[start + i]) return false;
  return true;
}
