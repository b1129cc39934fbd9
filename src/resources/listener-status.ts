// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { condition } from './condition.ts';
import { GATEWAY_GROUP } from './references.ts';

/** The status of one listener of a Gateway or a ListenerSet. */
export const listenerStatus = z.strictObject({
  name: z.string(),
  supportedKinds: z
    .array(z.strictObject({ group: z.string().default(GATEWAY_GROUP), kind: z.string() }))
    .exactOptional(),
  attachedRoutes: z.number(),
  conditions: z.array(condition),
});
