// SPDX-License-Identifier: Apache-2.0

/** Walks a schema: which part of it describes a field of a value. */
import * as z from 'zod';

/** A schema without what wraps it: defaults, optionality, transformations. */
export function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodExactOptional
  ) {
    return unwrap(schema.unwrap());
  }
  if (schema instanceof z.ZodPipe) return unwrap(schema.in instanceof z.ZodTransform ? schema.out : schema.in);
  return schema;
}

/** The fields that an object described by `schema` may have; undefined where it describes no object with fixed fields. */
export function fieldsOf(
  schema: z.core.$ZodType,
  value: unknown,
): Readonly<Record<string, z.core.$ZodType>> | undefined {
  const bare = unwrap(schema);
  if (bare instanceof z.ZodObject) return bare.shape;
  if (!(bare instanceof z.ZodDiscriminatedUnion)) return undefined;
  const { discriminator } = bare.def;
  const options = bare.options.filter(option => option instanceof z.ZodObject);
  const tag = isObject(value) ? value[discriminator] : undefined;
  const chosen = options.find(option => z.safeParse(option.shape[discriminator], tag).success) ?? options[0];
  return chosen?.shape;
}

/** The schema of `value[key]`; undefined when `schema` does not know such a field. */
export function childSchema(
  schema: z.core.$ZodType,
  value: unknown,
  key: string | number,
): z.core.$ZodType | undefined {
  const bare = unwrap(schema);
  if (bare instanceof z.ZodArray) return typeof key === 'number' ? bare.element : undefined;
  if (bare instanceof z.ZodRecord) return typeof key === 'string' ? bare.valueType : undefined;
  const fields = fieldsOf(bare, value);
  return fields !== undefined && Object.hasOwn(fields, key) ? fields[key] : undefined;
}

/** True for what JSON calls an object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
