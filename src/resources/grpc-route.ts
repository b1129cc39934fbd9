// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { condition } from './condition.ts';
import { grpcFilters } from './grpc-filter.ts';
import { grpcMatch } from './grpc-match.ts';
import type { Immutable } from './immutable.ts';
import { metadata } from './metadata.ts';
import { hostname, sectionName } from './names.ts';
import { parentReferences } from './parent-references.ts';
import { backendFields, GATEWAY_GROUP, parentReference, requirePortOfService } from './references.ts';
import { sessionPersistence } from './session-persistence.ts';
import { integer, list, quote, refuse } from './vocabulary.ts';

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

const MAX_MATCHES = 128;

const rules = list(rule, { max: 16 }).check(context => {
  let matches = 0;
  const names = new Map<string, number>();
  for (const [index, { name, matches: own = [] }] of context.value.entries()) {
    matches += own.length;
    if (name === undefined) continue;
    const first = names.get(name);
    if (first !== undefined) {
      refuse(context, {
        code: 'schema/rule-name-duplicate',
        path: [index, 'name'],
        message: `rule ${first} is already named ${quote(name)}`,
        help: 'give each rule a name of its own, or none',
      });
    } else {
      names.set(name, index);
    }
  }
  if (matches <= MAX_MATCHES) return;
  refuse(context, {
    code: 'schema/too-many-matches',
    message: `the rules have ${matches} matches together, at most ${MAX_MATCHES} are allowed`,
    help: 'spread the rules over several GRPCRoutes',
  });
});

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
    parentRefs: parentReferences.exactOptional(),
    useDefaultGateways: z.enum(['All', 'None']).exactOptional(),
    hostnames: list(hostname, { max: 16 }).exactOptional(),
    rules: rules.exactOptional(),
  }),
  status: z.strictObject({ parents: z.array(routeParentStatus) }).exactOptional(),
});
export type GRPCRoute = Immutable<z.output<typeof grpcRoute>>;
