// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { controllerFields } from './controller-fields.ts';
import type { Immutable } from './immutable.ts';
import { metadata } from './metadata.ts';
import { EXPERIMENTAL_GROUP } from './references.ts';

/** XMesh: names the controller of a mesh. Cluster-scoped. Experimental. */
export const xMesh = z.strictObject({
  apiVersion: z.literal(`${EXPERIMENTAL_GROUP}/v1alpha1`),
  kind: z.literal('XMesh'),
  metadata,
  ...controllerFields,
});
export type XMesh = Immutable<z.output<typeof xMesh>>;
