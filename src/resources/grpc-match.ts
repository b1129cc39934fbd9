// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { Immutable } from './immutable.ts';
import { matchType, namedMatch } from './named-match.ts';
import { list, quote, refuse, text } from './vocabulary.ts';

// The CRD ignores case by RE2's folding, which takes U+017F and U+212A for s and k; so does the flag u.
const SERVICE = /^\.?[a-z_][a-z_0-9]*(\.[a-z_][a-z_0-9]*)*$/iu;
const METHOD = /^[A-Za-z_][A-Za-z_0-9]*$/;

const methodMatch = z
  .strictObject({
    type: matchType,
    service: text({ max: 1024 }).exactOptional(),
    method: text({ max: 1024 }).exactOptional(),
  })
  .check(context => {
    const { type, service, method } = context.value;
    if (service === undefined && method === undefined) {
      refuse(context, {
        code: 'schema/method-match-empty',
        message: 'neither service nor method is given',
        help: 'add service:, method: or both; to match every call leave out the whole method match',
      });
    }
    if (type !== 'Exact') return;
    if (service !== undefined && !SERVICE.test(service)) {
      refuse(context, {
        code: 'schema/method-match-name',
        path: ['service'],
        message: `${quote(service)} cannot be the name of a gRPC service`,
        help: 'write the full name, such as com.example.User, without slashes; for a pattern set type: RegularExpression',
      });
    }
    if (method !== undefined && !METHOD.test(method)) {
      refuse(context, {
        code: 'schema/method-match-name',
        path: ['method'],
        message: `${quote(method)} cannot be the name of a gRPC method`,
        help: 'write its name alone, such as Login; for a pattern set type: RegularExpression',
      });
    }
  });
export type GRPCMethodMatch = Immutable<z.output<typeof methodMatch>>;

const headerMatch = namedMatch(text({ min: 1, max: 4096, is: 'the value to match' }));
export type GRPCHeaderMatch = Immutable<z.output<typeof headerMatch>>;

/** One match of a GRPCRoute's rule: the method and all of the headers. */
export const grpcMatch = z.strictObject({
  method: methodMatch.exactOptional(),
  headers: list(headerMatch, { max: 16, key: 'name' }).exactOptional(),
});
export type GRPCRouteMatch = Immutable<z.output<typeof grpcMatch>>;
