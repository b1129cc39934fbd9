// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { Immutable } from './immutable.ts';
import { type PartNaming, refuseMixedParts } from './named-parts.ts';
import { group, kind, objectName, sectionName } from './names.ts';
import { type Checked, list, refuse } from './vocabulary.ts';

const wholeReference = z.strictObject({ group, kind, name: objectName });
const targetReference = wholeReference.extend({ sectionName: sectionName.exactOptional() });
/** An object in the policy's namespace, or a section of it (LocalPolicyTargetReferenceWithSectionName). */
export type PolicyTargetReference = Immutable<z.output<typeof targetReference>>;

const NAMING: PartNaming<PolicyTargetReference> = {
  objectOf: ({ group, kind, name }) => `${group} ${kind} ${name}`,
  partOf: ({ sectionName }) => sectionName ?? '',
  meansOf: ({ sectionName }) => (sectionName === undefined ? 'name alone' : 'sectionName'),
  duplicate: 'schema/target-duplicate',
  ambiguous: 'schema/target-ambiguous',
  help: 'give all references to one object a sectionName, or keep the one without',
};

/** What a policy is for. When several references name one object, each must name a section of its own. */
export const policyTargets = list(targetReference, { min: 1, max: 16 }).check(context =>
  refuseMixedParts(context, NAMING),
);

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
