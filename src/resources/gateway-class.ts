// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { controllerFields } from './controller-fields.ts';
import type { Immutable } from './immutable.ts';
import { metadata } from './metadata.ts';
import { GATEWAY_GROUP } from './references.ts';

/** GatewayClass: names the controller of its Gateways. Cluster-scoped. */
export const gatewayClass = z.strictObject({
  apiVersion: z.enum([`${GATEWAY_GROUP}/v1`, `${GATEWAY_GROUP}/v1beta1`]),
  kind: z.literal('GatewayClass'),
  metadata,
  ...controllerFields,
});
export type GatewayClass = Immutable<z.output<typeof gatewayClass>>;
