// SPDX-License-Identifier: Apache-2.0

import type * as z from 'zod';
import { childSchema, isObject } from './shape.ts';

/**
 * The paths of the fields that a schema does not know, whatever the types of the others: all that an API server checks
 * of a status that is created with its object. Below a value of another type than the schema's every field is unknown.
 */
export function unknownFields(value: unknown, schema: z.core.$ZodType | undefined): (string | number)[][] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => {
      const child = schema && childSchema(schema, value, index);
      return unknownFields(item, child).map(path => [index, ...path]);
    });
  }
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, field]) => {
    const child = schema && childSchema(schema, value, key);
    return child === undefined ? [[key]] : unknownFields(field, child).map(path => [key, ...path]);
  });
}
