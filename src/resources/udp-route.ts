// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { forwardingRule, forwardingRules } from './forwarding-rule.ts';
import type { Immutable } from './immutable.ts';
import { metadata } from './metadata.ts';
import { GATEWAY_GROUP } from './references.ts';
import { parentFields, routeStatus } from './route.ts';

const fields = { kind: z.literal('UDPRoute'), metadata, status: routeStatus.exactOptional() };

/** UDPRoute: which backends the datagrams of a listener go to. v1alpha2 allows several rules. */
export const udpRoute = z.discriminatedUnion('apiVersion', [
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
export type UDPRoute = Immutable<z.output<typeof udpRoute>>;
