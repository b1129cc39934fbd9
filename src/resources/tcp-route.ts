// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { forwardingRule, forwardingRules } from './forwarding-rule.ts';
import type { Immutable } from './immutable.ts';
import { metadata } from './metadata.ts';
import { GATEWAY_GROUP } from './references.ts';
import { parentFields, routeStatus } from './route.ts';

const fields = { kind: z.literal('TCPRoute'), metadata, status: routeStatus.exactOptional() };

/** TCPRoute: which backends the connections of a listener go to. v1alpha2 allows several rules. */
export const tcpRoute = z.discriminatedUnion('apiVersion', [
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
export type TCPRoute = Immutable<z.output<typeof tcpRoute>>;
