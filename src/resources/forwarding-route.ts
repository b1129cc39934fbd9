// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { forwardingRule, forwardingRules } from './forwarding-rule.ts';
import { metadata } from './metadata.ts';
import { GATEWAY_GROUP } from './references.ts';
import { parentFields, routeStatus } from './route.ts';

/** A route of all that comes to a listener: a TCPRoute, a UDPRoute. v1alpha2 allows several rules. */
export function forwardingRoute<const Kind extends string>(kind: Kind) {
  const fields = { kind: z.literal(kind), metadata, status: routeStatus.exactOptional() };
  return z.discriminatedUnion('apiVersion', [
    z.strictObject({
      apiVersion: z.literal(`${GATEWAY_GROUP}/v1`),
      ...fields,
      spec: z.strictObject({ ...parentFields, rules: forwardingRule }),
    }),
    z.strictObject({
      apiVersion: z.literal(`${GATEWAY_GROUP}/v1alpha2`),
      ...fields,
      spec: z.strictObject({ ...parentFields, rules: forwardingRules }),
    }),
  ]);
}
