// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { Immutable } from './immutable.ts';
import { backendObjectReference } from './references.ts';
import { integer, refuse } from './vocabulary.ts';

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

/** HTTPRequestMirrorFilter, of all routes. */
export const requestMirror = z
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
