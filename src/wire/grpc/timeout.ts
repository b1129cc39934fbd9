// SPDX-License-Identifier: Apache-2.0

/** Milliseconds per unit, by the unit's character code. */
const UNIT_MS: ReadonlyMap<number, number> = new Map([
  [0x48, 3_600_000], // H
  [0x4d, 60_000], // M
  [0x53, 1_000], // S
  [0x6d, 1], // m
  [0x75, 1e-3], // u
  [0x6e, 1e-6], // n
]);

const MAX_DIGITS = 8;
const MAX_VALUE = 99_999_999;

/**
 * Reads a `grpc-timeout`: 1 to 8 digits and one of H M S m u n. Returns milliseconds (with a fraction for u and n), undefined
 * when the text is something else. Allocates nothing.
 */
export function parseGrpcTimeout(text: string): number | undefined {
  const digits = text.length - 1;
  if (digits < 1 || digits > MAX_DIGITS) return undefined;
  let value = 0;
  for (let i = 0; i < digits; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  const unitMs = UNIT_MS.get(text.charCodeAt(digits));
  return unitMs === undefined ? undefined : value * unitMs;
}

/**
 * Writes a `grpc-timeout` in the finest unit that fits, rounded up so that a deadline never becomes shorter than asked.
 * What is not positive becomes `1n`: the protocol has no zero.
 */
export function formatGrpcTimeout(timeoutMs: number): string {
  if (!(timeoutMs > 0)) return '1n';
  if (timeoutMs * 1_000 <= MAX_VALUE) return `${Math.ceil(timeoutMs * 1_000)}u`;
  if (timeoutMs <= MAX_VALUE) return `${Math.ceil(timeoutMs)}m`;
  if (timeoutMs <= MAX_VALUE * 1_000) return `${Math.ceil(timeoutMs / 1_000)}S`;
  return `${Math.min(MAX_VALUE, Math.ceil(timeoutMs / 3_600_000))}H`;
}
