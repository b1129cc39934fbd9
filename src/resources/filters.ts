// SPDX-License-Identifier: Apache-2.0

/** What the lists of filters of routes and listeners have in common. */
import * as z from 'zod';
import type { SchemaCode } from './schema-codes.ts';
import { type Checked, refuse } from './vocabulary.ts';

/** A field that goes with another value of its object's tag, told apart from an unknown one. */
export function onlyWith(tag: string, value: string, code: SchemaCode = 'schema/filter-field') {
  return z
    .custom<never>(() => false, {
      message: `only ${tag} ${value} has this field`,
      params: { code, help: `remove it, or set ${tag}: ${value}` },
    })
    .exactOptional();
}

/** Refuses a second filter of one of these types. */
export function refuseRepeated(
  context: Checked & { readonly value: readonly { readonly type: string }[] },
  types: readonly string[],
): void {
  for (const type of types) {
    const first = context.value.findIndex(filter => filter.type === type);
    const second = context.value.findIndex((filter, index) => filter.type === type && index > first);
    if (second < 0) continue;
    refuse(context, {
      code: 'schema/filter-repeated',
      path: [second, 'type'],
      message: `a second ${type} filter`,
      help: `merge it into item ${first}`,
    });
  }
}
