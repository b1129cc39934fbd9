// SPDX-License-Identifier: Apache-2.0

/** Whoever replaces certificates and tokens does so long before they end; the API server's own clients look as often. */
export const REREAD_MS = 60_000;

/**
 * What is read from files that are replaced while a process runs: read at once, and again from time to time and when the server refused it. What cannot be
 * read then, as in the midst of being replaced, is what it was; what is equal is the same value. Throws what the first reading throws.
 */
export function reread<T>(
  read: () => T,
  { wallMs, isSame }: { wallMs(): number; isSame(a: T, b: T): boolean },
): (isRefused: boolean) => T {
  let value = read();
  let readMs = wallMs();
  return isRefused => {
    const nowMs = wallMs();
    if (!isRefused && Math.abs(nowMs - readMs) < REREAD_MS) return value;
    readMs = nowMs;
    try {
      const next = read();
      if (!isSame(next, value)) value = next;
    } catch {}
    return value;
  };
}
