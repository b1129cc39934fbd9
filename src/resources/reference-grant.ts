// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { Immutable } from './immutable.ts';
import { metadata } from './metadata.ts';
import { group, kind, namespace, objectName } from './names.ts';
import { GATEWAY_GROUP } from './references.ts';
import { list } from './vocabulary.ts';

const from = z.strictObject({ group, kind, namespace });
const to = z.strictObject({ group, kind, name: objectName.exactOptional() });

/** ReferenceGrant: lets objects of other namespaces refer to objects of its own. Has no status. */
export const referenceGrant = z.strictObject({
  apiVersion: z.enum([`${GATEWAY_GROUP}/v1`, `${GATEWAY_GROUP}/v1beta1`]),
  kind: z.literal('ReferenceGrant'),
  metadata,
  spec: z.strictObject({ from: list(from, { min: 1, max: 16 }), to: list(to, { min: 1, max: 16 }) }),
});
export type ReferenceGrant = Immutable<z.output<typeof referenceGrant>>;
