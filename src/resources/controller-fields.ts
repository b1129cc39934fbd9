// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { condition } from './condition.ts';
import { controllerName } from './names.ts';
import { objectReference } from './references.ts';
import { text } from './vocabulary.ts';

const status = z.strictObject({
  conditions: z.array(condition).exactOptional(),
  supportedFeatures: z.array(z.strictObject({ name: z.string() })).exactOptional(),
});

/** Spec and status of what names its controller: a GatewayClass, an XMesh. */
export const controllerFields = {
  spec: z.strictObject({
    controllerName,
    description: text({ max: 64 }).exactOptional(),
    parametersRef: objectReference.exactOptional(),
  }),
  status: status.exactOptional(),
};
