// SPDX-License-Identifier: Apache-2.0

/** Walks a schema: which part of it describes a field of a value. */
import * as z from 'zod';

/** A schema without what wraps it: defaults, optionality, transformations. */
export function unwrap(schema: z.core.$ZodType): z.core.$ZodTypes {
  // By the tag, as instanceof is slow on schemas.
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'default':
    case 'prefault':
    case 'optional':
      return unwrap(def.innerType);
    case 'pipe':
      return unwrap(unwrap(def.in)._zod.def.type === 'transform' ? def.out : def.in);
    default:
      return schema as z.core.$ZodTypes;
  }
}

/** The fields that an object described by `schema` may have; undefined where it describes no object with fixed fields. */
export function fieldsOf(
  schema: z.core.$ZodType,
  value: unknown,
): Readonly<Record<string, z.core.$ZodType>> | undefined {
  const { def } = unwrap(schema)._zod;
  if (def.type === 'object') return def.shape;
  if (def.type !== 'union' || !('discriminator' in def)) return undefined;
  const discriminator = String(def.discriminator);
  const tag = isObject(value) ? value[discriminator] : undefined;
  const options = def.options.map(option => fieldsOf(option, value) ?? {});
  const isChosen = (fields: Readonly<Record<string, z.core.$ZodType>>) => {
    const field = fields[discriminator];
    return field !== undefined && z.safeParse(field, tag).success;
  };
  return options.find(isChosen) ?? options[0];
}

/** The schema of `value[key]`; undefined when `schema` does not know such a field. */
export function childSchema(
  schema: z.core.$ZodType,
  value: unknown,
  key: string | number,
): z.core.$ZodType | undefined {
  const bare = unwrap(schema);
  const { def } = bare._zod;
  if (def.type === 'array') return typeof key === 'number' ? def.element : undefined;
  if (def.type === 'record') return typeof key === 'string' ? def.valueType : undefined;
  const fields = fieldsOf(bare, value);
  return fields !== undefined && Object.hasOwn(fields, key) ? fields[key] : undefined;
}

/** True for what JSON calls an object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
