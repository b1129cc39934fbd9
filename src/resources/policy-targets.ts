// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { Immutable } from './immutable.ts';
import { group, kind, objectName, sectionName } from './names.ts';
import { type Checked, list, refuse } from './vocabulary.ts';

const wholeReference = z.strictObject({ group, kind, name: objectName });
const targetReference = wholeReference.extend({ sectionName: sectionName.exactOptional() });
/** An object in the policy's namespace, or a section of it (LocalPolicyTargetReferenceWithSectionName). */
export type PolicyTargetReference = Immutable<z.output<typeof targetReference>>;

/** What a policy is for. When several references name one object, each must name a section of its own. */
export const policyTargets = list(targetReference, { min: 1, max: 16 }).check(context => {
  const targets = new Map<string, { index: number; hasSection: boolean; sections: Map<string, number> }>();
  for (const [index, reference] of context.value.entries()) {
    const target = `${reference.group} ${reference.kind} ${reference.name}`;
    const { sectionName: section } = reference;
    const known = targets.get(target);
    if (known === undefined) {
      targets.set(target, { index, hasSection: section !== undefined, sections: new Map([[section ?? '', index]]) });
      continue;
    }
    const same = known.sections.get(section ?? '');
    if (same !== undefined) {
      refuse(context, {
        code: 'schema/target-duplicate',
        path: [index],
        message: `names the same part of ${reference.kind} ${reference.name} as item ${same}`,
        help: 'remove one of them, or give each a sectionName of its own',
      });
    } else if (known.hasSection !== (section !== undefined)) {
      refuse(context, {
        code: 'schema/target-ambiguous',
        path: [index],
        message: `${reference.kind} ${reference.name} is named with a sectionName and, in another item, without`,
        help: 'give all references to one object a sectionName, or keep the one without',
      });
    }
    known.sections.set(section ?? '', index);
  }
});

/** What a policy is for that is for whole objects. */
export const wholeTargets = list(wholeReference, { min: 1, max: 16 });

/** Refuses a target that is named twice. */
export function refuseRepeatedTargets(
  context: Checked & { readonly value: readonly z.output<typeof wholeReference>[] },
): void {
  const seen = new Map<string, number>();
  for (const [index, { group, kind, name }] of context.value.entries()) {
    const target = `${group} ${kind} ${name}`;
    const first = seen.get(target);
    if (first === undefined) {
      seen.set(target, index);
      continue;
    }
    refuse(context, {
      code: 'schema/target-duplicate',
      path: [index],
      message: `${kind} ${name} is already item ${first}`,
      help: 'remove one of them',
    });
  }
}
