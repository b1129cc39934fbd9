// SPDX-License-Identifier: Apache-2.0

import type { SchemaCode } from './schema-codes.ts';
import { type Checked, refuse } from './vocabulary.ts';

/** How references of one kind name an object and a part of it. */
export interface PartNaming<Reference> {
  /** Equal for references to one object. */
  objectOf(reference: Reference): string;
  /** Equal for references to one part of an object. */
  partOf(reference: Reference): string;
  /** By what the part is named, in words. */
  meansOf(reference: Reference): string;
  readonly duplicate: SchemaCode;
  readonly ambiguous: SchemaCode;
  /** What to do when parts of one object are named by different means. */
  readonly help: string;
}

/** Refuses references that name the same part of one object as an earlier one, or a part of it by other means. */
export function refuseMixedParts<Reference extends { readonly kind: string; readonly name: string }>(
  context: Checked & { readonly value: readonly Reference[] },
  naming: PartNaming<Reference>,
): void {
  if (context.value.length < 2) return;
  const objects = new Map<string, { index: number; means: string; parts: Map<string, number> }>();
  for (const [index, reference] of context.value.entries()) {
    const object = naming.objectOf(reference);
    const means = naming.meansOf(reference);
    const part = naming.partOf(reference);
    const known = objects.get(object);
    if (known === undefined) {
      objects.set(object, { index, means, parts: new Map([[part, index]]) });
      continue;
    }
    const { kind, name } = reference;
    const same = known.parts.get(part);
    if (same !== undefined) {
      refuse(context, {
        code: naming.duplicate,
        path: [index],
        message: `names the same part of ${kind} ${name} as item ${same}`,
        help: 'remove one of them, or give each a sectionName of its own',
      });
    } else if (known.means !== means) {
      refuse(context, {
        code: naming.ambiguous,
        path: [index],
        message: `${kind} ${name} is named by ${means} here and by ${known.means} in item ${known.index}`,
        help: naming.help,
      });
    }
    known.parts.set(part, index);
  }
}
