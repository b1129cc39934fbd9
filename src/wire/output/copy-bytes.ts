// SPDX-License-Identifier: Apache-2.0

/** Copies `from[start, end)` to `to`, from `at` on. A loop is faster than a call into native code for the few bytes of a small frame. */
export function copyBytes(from: Buffer, start: number, end: number, to: Buffer, at: number): void {
  if (end - start > 64) from.copy(to, at, start, end);
  else for (let i = start, j = at; i < end; i++, j++) to[j] = from[i] as number;
}
