// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { Immutable } from './immutable.ts';
import { headerName, headerValue } from './names.ts';
import { backendObjectReference, localReference } from './references.ts';
import { integer, list } from './vocabulary.ts';

const MAX_INT32 = 2 ** 31 - 1;

const header = z.strictObject({ name: headerName, value: headerValue });

const headerModifier = z.strictObject({
  set: list(header, { max: 16, key: 'name' }).exactOptional(),
  add: list(header, { max: 16, key: 'name' }).exactOptional(),
  remove: list(z.string(), { max: 16, isSet: true }).exactOptional(),
});
/** Changes to the headers of a request or response. Names are told apart by case here, unlike in HTTP. */
export type HeaderModifier = Immutable<z.output<typeof headerModifier>>;

const fraction = z.strictObject({ numerator: integer(0, MAX_INT32), denominator: integer(1, MAX_INT32).default(100) });

const requestMirror = z.strictObject({
  backendRef: backendObjectReference,
  percent: integer(0, 100).exactOptional(),
  fraction: fraction.exactOptional(),
});
export type RequestMirror = Immutable<z.output<typeof requestMirror>>;

const forbidden = z.never().exactOptional();
const others = {
  requestHeaderModifier: forbidden,
  responseHeaderModifier: forbidden,
  requestMirror: forbidden,
  extensionRef: forbidden,
};

/** One filter of a GRPCRoute's rule or backend: `type` tells which field it has. */
export const grpcFilter = z.discriminatedUnion('type', [
  z.strictObject({ ...others, type: z.literal('RequestHeaderModifier'), requestHeaderModifier: headerModifier }),
  z.strictObject({ ...others, type: z.literal('ResponseHeaderModifier'), responseHeaderModifier: headerModifier }),
  z.strictObject({ ...others, type: z.literal('RequestMirror'), requestMirror }),
  z.strictObject({ ...others, type: z.literal('ExtensionRef'), extensionRef: localReference }),
]);
export type GRPCRouteFilter = Immutable<z.output<typeof grpcFilter>>;

/** The filters of a rule or of a backend. */
export const grpcFilters = list(grpcFilter, { max: 16 });
