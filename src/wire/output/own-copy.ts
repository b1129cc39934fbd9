// SPDX-License-Identifier: Apache-2.0

/**
 * A copy of `from[start, end)` in memory of its own, for what may be held long. Copies by `Buffer.from` lie side by side in buffers of 64 KiB, all
 * of which one of them keeps.
 */
export function ownCopy(from: Uint8Array, start: number = 0, end: number = from.length): Buffer {
  const copy = Buffer.allocUnsafeSlow(end - start);
  copy.set(start === 0 && end === from.length ? from : from.subarray(start, end));
  return copy;
}
