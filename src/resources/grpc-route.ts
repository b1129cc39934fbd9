// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { grpcFilters } from './grpc-filter.ts';
import { grpcMatch } from './grpc-match.ts';
import type { Immutable } from './immutable.ts';
import { metadata } from './metadata.ts';
import { sectionName } from './names.ts';
import { backendFields, GATEWAY_GROUP, refuseWrongPort, weight } from './references.ts';
import { checkRules, MAX_MATCHES_PER_RULE, MAX_RULES, routeFields, routeStatus } from './route.ts';
import { sessionPersistence } from './session-persistence.ts';
import { list } from './vocabulary.ts';

const backendRef = z
  .strictObject({ ...backendFields, weight, filters: grpcFilters.exactOptional() })
  .check(refuseWrongPort);
export type GRPCBackendRef = Immutable<z.output<typeof backendRef>>;

const rule = z.strictObject({
  name: sectionName.exactOptional(),
  matches: list(grpcMatch, { max: MAX_MATCHES_PER_RULE }).exactOptional(),
  filters: grpcFilters.exactOptional(),
  backendRefs: list(backendRef, { max: 16 }).exactOptional(),
  sessionPersistence: sessionPersistence.exactOptional(),
});
export type GRPCRouteRule = Immutable<z.output<typeof rule>>;

/** GRPCRoute: which gRPC methods go to which backends. */
export const grpcRoute = z.strictObject({
  apiVersion: z.literal(`${GATEWAY_GROUP}/v1`),
  kind: z.literal('GRPCRoute'),
  metadata,
  spec: z.strictObject({
    ...routeFields,
    rules: list(rule, { max: MAX_RULES }).check(checkRules).exactOptional(),
  }),
  status: routeStatus.exactOptional(),
});
export type GRPCRoute = Immutable<z.output<typeof grpcRoute>>;
