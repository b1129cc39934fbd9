// SPDX-License-Identifier: Apache-2.0

import type * as z from 'zod';
import { childSchema, fieldsOf, isObject } from './shape.ts';

/**
 * The paths of the fields that a schema does not know, whatever the types of the others: all that an API server checks
 * of a status that is created with its object.
 */
export function unknownFields(value: unknown, schema: z.core.$ZodType): (string | number)[][] {
  if (Array.isArray(value)) {
    const item = childSchema(schema, value, 0);
    if (item === undefined) return [];
    return value.flatMap((each, index) => unknownFields(each, item).map(path => [index, ...path]));
  }
  if (!isObject(value) || fieldsOf(schema, value) === undefined) return [];
  return Object.entries(value).flatMap(([key, field]) => {
    const child = childSchema(schema, value, key);
    return child === undefined ? [[key]] : unknownFields(field, child).map(path => [key, ...path]);
  });
}
