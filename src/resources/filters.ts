// SPDX-License-Identifier: Apache-2.0

/** What the lists of filters of routes and listeners have in common. */
import { type Checked, refuse } from './vocabulary.ts';

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
