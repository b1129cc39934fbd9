// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { fraction } from './fraction.ts';
import type { Immutable } from './immutable.ts';
import { backendObjectReference } from './references.ts';
import { integer, refuse } from './vocabulary.ts';

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
