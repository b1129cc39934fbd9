// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { Immutable } from './immutable.ts';
import { headerName } from './names.ts';
import { list, text } from './vocabulary.ts';

const matchType = z.enum(['Exact', 'RegularExpression']).default('Exact');

const methodMatch = z.strictObject({
  type: matchType,
  service: text({ max: 1024 }).exactOptional(),
  method: text({ max: 1024 }).exactOptional(),
});
export type GRPCMethodMatch = Immutable<z.output<typeof methodMatch>>;

const headerMatch = z.strictObject({
  type: matchType,
  name: headerName,
  value: text({ min: 1, max: 4096, is: 'the value to match' }),
});
export type GRPCHeaderMatch = Immutable<z.output<typeof headerMatch>>;

/** One match of a GRPCRoute's rule: the method and all of the headers. */
export const grpcMatch = z.strictObject({
  method: methodMatch.exactOptional(),
  headers: list(headerMatch, { max: 16, key: 'name' }).exactOptional(),
});
export type GRPCRouteMatch = Immutable<z.output<typeof grpcMatch>>;
