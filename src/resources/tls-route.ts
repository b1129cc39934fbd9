// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { forwardingRule, forwardingRules } from './forwarding-rule.ts';
import type { Immutable } from './immutable.ts';
import { isCanonicalIpv4 } from './ip-address.ts';
import { metadata } from './metadata.ts';
import { hostname } from './names.ts';
import { GATEWAY_GROUP } from './references.ts';
import { parentFields, routeStatus } from './route.ts';
import { list, quote, refuse } from './vocabulary.ts';

const MAX_HOSTNAMES = 1024;

const hostnames = list(hostname, { min: 1, max: MAX_HOSTNAMES }).check(context => {
  const index = context.value.findIndex(isCanonicalIpv4);
  if (index < 0) return;
  refuse(context, {
    code: 'schema/hostname-address',
    path: [index],
    message: `${quote(context.value[index])} is an IP address, which no server name (SNI) can be`,
    help: 'write the host name that clients ask for',
  });
});

const fields = { kind: z.literal('TLSRoute'), metadata, status: routeStatus.exactOptional() };

/** TLSRoute: which backends TLS connections go to, by the server name that they ask for. v1alpha2 is laxer. */
export const tlsRoute = z.discriminatedUnion('apiVersion', [
  z.strictObject({
    apiVersion: z.enum([`${GATEWAY_GROUP}/v1`, `${GATEWAY_GROUP}/v1alpha3`]),
    ...fields,
    spec: z.strictObject({ ...parentFields, hostnames, rules: forwardingRule }),
  }),
  z.strictObject({
    apiVersion: z.literal(`${GATEWAY_GROUP}/v1alpha2`),
    ...fields,
    spec: z.strictObject({
      ...parentFields,
      hostnames: list(hostname, { max: MAX_HOSTNAMES }).default([]),
      rules: forwardingRules,
    }),
  }),
]);
export type TLSRoute = Immutable<z.output<typeof tlsRoute>>;
