// SPDX-License-Identifier: Apache-2.0

import type * as z from 'zod';
import { childSchema, fieldsOf, isObject } from './shape.ts';

/** A field whose name is another's but for the case of its letters. */
export interface MisspeltField {
  readonly path: (string | number)[];
  readonly meant: string;
}

/**
 * Finds fields written in the wrong case (`targetport`) in objects that may have fields we do not know. Other unknown
 * fields there may well be right.
 */
export function misspeltFields(value: unknown, schema: z.core.$ZodType): MisspeltField[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => below(value, schema, index, item));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, field]) => {
    if (childSchema(schema, value, key) !== undefined) return below(value, schema, key, field);
    const names = Object.keys(fieldsOf(schema, value) ?? {});
    const meant = names.find(name => name.toLowerCase() === key.toLowerCase());
    return meant === undefined ? [] : [{ path: [key], meant }];
  });
}

function below(value: unknown, schema: z.core.$ZodType, key: string | number, child: unknown): MisspeltField[] {
  const part = childSchema(schema, value, key);
  if (part === undefined) return [];
  return misspeltFields(child, part).map(({ path, meant }) => ({ path: [key, ...path], meant }));
}
