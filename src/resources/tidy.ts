// SPDX-License-Identifier: Apache-2.0

import type * as z from 'zod';
import * as zod from 'zod';
import { childSchema, isObject } from './shape.ts';

const PROTO = '__proto__';

/** True when a value has no null (or undefined) anywhere and no field named `__proto__`: nothing for `tidy` to do. */
export function isTidy(value: unknown): boolean {
  if (value === null || value === undefined) return false;
  if (typeof value !== 'object') return true;
  if (Array.isArray(value)) return value.every(isTidy);
  for (const key in value) {
    if (key === PROTO || !isTidy((value as Record<string, unknown>)[key])) return false;
  }
  return true;
}

/**
 * The value without fields that are null, as an API server drops them before it fills in defaults. Nulls stay where
 * the server minds them: as items of lists, in fields that the kind does not have, and where null is a value.
 *
 * A field named `__proto__`, which zod passes over in silence, gets a name that the rules see (a zero-width space
 * behind it): it is refused where a key has rules, and harmless where it has none.
 */
export function tidy(value: unknown, schema: z.core.$ZodType | undefined): unknown {
  if (Array.isArray(value)) {
    return value.map((item, index) => tidy(item, schema && childSchema(schema, value, index)));
  }
  if (!isObject(value)) return value;
  const kept: [string, unknown][] = [];
  for (const [key, field] of Object.entries(value)) {
    const child = schema && childSchema(schema, value, key);
    if (field === undefined) continue;
    if (field === null && child !== undefined && !zod.safeParse(child, null).success) continue;
    kept.push([key === PROTO ? `${PROTO}\u200b` : key, tidy(field, child)]);
  }
  return Object.fromEntries(kept);
}
