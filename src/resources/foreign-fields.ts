// SPDX-License-Identifier: Apache-2.0

import { isObject } from './shape.ts';

/** Fields that people know from HTTPRoute and miss in a rule of a GRPCRoute, with what to use there. */
const INSTEAD_IN_RULE: ReadonlyMap<string, string> = new Map([
  [
    'timeouts',
    'a GRPCRoute has no timeouts: annotate the route with daemun.dev/request-timeout: 1s, or let the client set a deadline (grpc-timeout)',
  ],
  ['retry', "a GRPCRoute has no retry: let the client retry (retryPolicy in gRPC's service config)"],
]);

/** The same for a match of a rule. */
const INSTEAD_IN_MATCH: ReadonlyMap<string, string> = new Map([
  ['path', 'a GRPCRoute matches methods: write method: {service: package.Service, method: Method}'],
  ['queryParams', 'gRPC requests have no query: match headers'],
]);

/** Fields of sessionPersistence until v1.6. */
const INSTEAD_IN_SESSION: ReadonlyMap<string, string> = new Map([
  ['sessionName', 'it has another name since v1.7: write cookie: {name: …}, or type: Header and header: {name: …}'],
  ['cookieConfig', 'it has another name since v1.7: write cookie: {lifetimeType: …}'],
]);

/** What to use instead of a field that another kind or an older version has; undefined: the field is just not known. */
export function insteadOf(object: unknown, path: readonly (string | number)[]): string | undefined {
  if (!isObject(object) || path[0] !== 'spec' || path[1] !== 'rules') return undefined;
  const field = String(path.at(-1));
  if (path.length === 5 && path[3] === 'sessionPersistence') return INSTEAD_IN_SESSION.get(field);
  if (object['kind'] !== 'GRPCRoute') return undefined;
  if (path.length === 4) return INSTEAD_IN_RULE.get(field);
  return path.length === 6 && path[3] === 'matches' ? INSTEAD_IN_MATCH.get(field) : undefined;
}
