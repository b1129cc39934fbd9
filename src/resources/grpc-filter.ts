// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { Immutable } from './immutable.ts';
import { headerName, headerValue } from './names.ts';
import { backendObjectReference, localReference } from './references.ts';
import { integer, list, refuse } from './vocabulary.ts';

const header = z.strictObject({ name: headerName, value: headerValue });

const headerModifier = z.strictObject({
  set: list(header, { max: 16, key: 'name' }).exactOptional(),
  add: list(header, { max: 16, key: 'name' }).exactOptional(),
  remove: list(z.string(), { max: 16, isSet: true }).exactOptional(),
});
/** Changes to the headers of a request or response. Names are told apart by case here, unlike in HTTP. */
export type HeaderModifier = Immutable<z.output<typeof headerModifier>>;

// Not bounded above in the CRD: `format: int32` is not enforced.
const fraction = z.strictObject({ numerator: integer(0), denominator: integer(1).default(100) }).check(context => {
  const { numerator, denominator } = context.value;
  if (numerator <= denominator) return;
  refuse(context, {
    code: 'schema/mirror-share',
    path: ['numerator'],
    message: `${numerator} of ${denominator} is more than all requests`,
    help: `write a numerator of at most ${denominator}`,
  });
});

const requestMirror = z
  .strictObject({
    backendRef: backendObjectReference,
    percent: integer(0, 100).exactOptional(),
    fraction: fraction.exactOptional(),
  })
  .check(context => {
    if (context.value.percent === undefined || context.value.fraction === undefined) return;
    refuse(context, {
      code: 'schema/mirror-share',
      path: ['fraction'],
      message: 'percent and fraction are both set',
      help: 'remove one of them',
    });
  });
export type RequestMirror = Immutable<z.output<typeof requestMirror>>;

// A field of another type of filter, told apart from an unknown one.
const forbidden = (type: string) =>
  z
    .custom<never>(() => false, {
      message: `only a filter of type ${type} has this field`,
      params: { code: 'schema/filter-field', help: `remove it, or set type: ${type}` },
    })
    .exactOptional();

const others = {
  requestHeaderModifier: forbidden('RequestHeaderModifier'),
  responseHeaderModifier: forbidden('ResponseHeaderModifier'),
  requestMirror: forbidden('RequestMirror'),
  extensionRef: forbidden('ExtensionRef'),
};

/** One filter of a GRPCRoute's rule or backend: `type` tells which field it has. */
export const grpcFilter = z.discriminatedUnion('type', [
  z.strictObject({ ...others, type: z.literal('RequestHeaderModifier'), requestHeaderModifier: headerModifier }),
  z.strictObject({ ...others, type: z.literal('ResponseHeaderModifier'), responseHeaderModifier: headerModifier }),
  z.strictObject({ ...others, type: z.literal('RequestMirror'), requestMirror }),
  z.strictObject({ ...others, type: z.literal('ExtensionRef'), extensionRef: localReference }),
]);
export type GRPCRouteFilter = Immutable<z.output<typeof grpcFilter>>;

/** The filters of a rule or of a backend. Headers are modified once at most; mirrors may be several. */
export const grpcFilters = list(grpcFilter, { max: 16 }).check(context => {
  for (const type of ['RequestHeaderModifier', 'ResponseHeaderModifier']) {
    const first = context.value.findIndex(filter => filter.type === type);
    const second = context.value.findIndex((filter, index) => filter.type === type && index > first);
    if (second < 0) continue;
    refuse(context, {
      code: 'schema/filter-repeated',
      path: [second, 'type'],
      message: `a second ${type} filter`,
      help: `merge it into item ${first}`,
    });
  }
});
