// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { condition } from './condition.ts';
import type { Immutable } from './immutable.ts';
import { parentReference } from './references.ts';

/** The status of a policy at one of the objects that it concerns (PolicyAncestorStatus). */
const policyAncestorStatus = z.strictObject({
  ancestorRef: parentReference,
  controllerName: z.string(),
  conditions: z.array(condition).default([]),
});
export type PolicyAncestorStatus = Immutable<z.output<typeof policyAncestorStatus>>;

/** What is said of an object at each of those that it concerns. */
export const ancestors = z.array(policyAncestorStatus);

/** The status of a policy (PolicyStatus). */
export const policyStatus = z.strictObject({ ancestors });
