// SPDX-License-Identifier: Apache-2.0

const DURATION = /^([0-9]{1,5}(h|m|s|ms)){1,4}$/;
const PART = /([0-9]+)(ms|h|m|s)/g;
const UNIT_MS = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;

/**
 * The milliseconds of a GEP-2257 duration: one to four parts of up to five digits each, with the units h, m, s and ms
 * (`1h30m5s10ms`). Parts are added up, whatever their order. Undefined for any other text, for decimals and signs too.
 */
export function parseDuration(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  let total = 0;
  for (const [, digits, unit] of text.matchAll(PART)) total += Number(digits) * UNIT_MS[unit as keyof typeof UNIT_MS];
  return total;
}

/** The shortest text for whole, non-negative milliseconds: `1h30m`, `0s`. The inverse of `parseDuration`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds === 0) return '0s';
  let text = '';
  let rest = milliseconds;
  for (const [unit, length] of Object.entries(UNIT_MS)) {
    const count = Math.floor(rest / length);
    if (count > 0) text += `${count}${unit}`;
    rest %= length;
  }
  return text;
}
