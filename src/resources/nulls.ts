// SPDX-License-Identifier: Apache-2.0

import type * as z from 'zod';
import * as zod from 'zod';
import { childSchema, isObject } from './shape.ts';

/** True when there is a null anywhere in a JSON value. */
export function hasNull(value: unknown): boolean {
  if (value === null) return true;
  if (typeof value !== 'object') return false;
  if (Array.isArray(value)) return value.some(hasNull);
  for (const key in value) {
    if (hasNull((value as Record<string, unknown>)[key])) return true;
  }
  return false;
}

/**
 * The value without fields that are null, as an API server drops them before it fills in defaults. Nulls stay where
 * the server minds them: as items of lists, in fields that the kind does not have, and where null is a value.
 */
export function dropNulls(value: unknown, schema: z.core.$ZodType): unknown {
  if (Array.isArray(value)) {
    return value.map((item, index) => dropChildNulls(item, childSchema(schema, value, index)));
  }
  if (!isObject(value)) return value;
  const kept: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(value)) {
    const child = childSchema(schema, value, key);
    if (field === null && child !== undefined && !zod.safeParse(child, null).success) continue;
    Object.defineProperty(kept, key, {
      value: dropChildNulls(field, child),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return kept;
}

function dropChildNulls(value: unknown, schema: z.core.$ZodType | undefined): unknown {
  return schema === undefined ? value : dropNulls(value, schema);
}
