// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { condition } from './condition.ts';
import type { Immutable } from './immutable.ts';
import { metadata } from './metadata.ts';
import { controllerName, group, kind, namespace, objectName } from './names.ts';
import { GATEWAY_GROUP } from './references.ts';
import { text } from './vocabulary.ts';

const parametersReference = z.strictObject({ group, kind, name: objectName, namespace: namespace.exactOptional() });

const status = z.strictObject({
  conditions: z.array(condition).exactOptional(),
  supportedFeatures: z.array(z.strictObject({ name: z.string() })).exactOptional(),
});

/** GatewayClass: names the controller of its Gateways. Cluster-scoped. */
export const gatewayClass = z.strictObject({
  apiVersion: z.enum([`${GATEWAY_GROUP}/v1`, `${GATEWAY_GROUP}/v1beta1`]),
  kind: z.literal('GatewayClass'),
  metadata,
  spec: z.strictObject({
    controllerName,
    description: text({ max: 64 }).exactOptional(),
    parametersRef: parametersReference.exactOptional(),
  }),
  status: status.exactOptional(),
});
export type GatewayClass = Immutable<z.output<typeof gatewayClass>>;
