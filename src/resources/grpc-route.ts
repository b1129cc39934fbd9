// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { condition } from './condition.ts';
import { grpcFilters } from './grpc-filter.ts';
import { grpcMatch } from './grpc-match.ts';
import type { Immutable } from './immutable.ts';
import { metadata } from './metadata.ts';
import { hostname, sectionName } from './names.ts';
import { backendFields, GATEWAY_GROUP, parentReference, requirePortOfService } from './references.ts';
import { sessionPersistence } from './session-persistence.ts';
import { integer, list } from './vocabulary.ts';

const backendRef = z
  .strictObject({ ...backendFields, weight: integer(0, 1_000_000).default(1), filters: grpcFilters.exactOptional() })
  .check(requirePortOfService);
export type GRPCBackendRef = Immutable<z.output<typeof backendRef>>;

const rule = z.strictObject({
  name: sectionName.exactOptional(),
  matches: list(grpcMatch, { max: 64 }).exactOptional(),
  filters: grpcFilters.exactOptional(),
  backendRefs: list(backendRef, { max: 16 }).exactOptional(),
  sessionPersistence: sessionPersistence.exactOptional(),
});
export type GRPCRouteRule = Immutable<z.output<typeof rule>>;

/** The status of a route at one of its parents (RouteParentStatus). */
const routeParentStatus = z.strictObject({
  parentRef: parentReference,
  controllerName: z.string(),
  conditions: z.array(condition),
});
export type RouteParentStatus = Immutable<z.output<typeof routeParentStatus>>;

/** GRPCRoute: which gRPC methods go to which backends. */
export const grpcRoute = z.strictObject({
  apiVersion: z.literal(`${GATEWAY_GROUP}/v1`),
  kind: z.literal('GRPCRoute'),
  metadata,
  spec: z.strictObject({
    parentRefs: list(parentReference, { max: 32 }).exactOptional(),
    useDefaultGateways: z.enum(['All', 'None']).exactOptional(),
    hostnames: list(hostname, { max: 16 }).exactOptional(),
    rules: list(rule, { max: 16 }).exactOptional(),
  }),
  status: z.strictObject({ parents: z.array(routeParentStatus) }).exactOptional(),
});
export type GRPCRoute = Immutable<z.output<typeof grpcRoute>>;
