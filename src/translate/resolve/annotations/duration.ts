// SPDX-License-Identifier: Apache-2.0

import type { Parsed } from './annotation.ts';

const UNIT_MS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** Reads a GEP-2257 duration (`1h30m`, `500ms`) as milliseconds. */
export function parseDurationMs(text: string): Parsed<number> {
  if (!/^([0-9]{1,5}(h|m|s|ms)){1,4}$/.test(text))
    return { problem: `"${text}" is not a duration such as 500ms or 1m30s` };
  let total = 0;
  for (const [, digits, unit] of text.matchAll(/([0-9]+)(ms|h|m|s)/g))
    total += Number(digits) * (UNIT_MS[unit ?? ''] ?? 0);
  return { value: total };
}
