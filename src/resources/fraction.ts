// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { integer, refuse } from './vocabulary.ts';

/** A part of all requests (Fraction). Not bounded above in the CRDs: `format: int32` is not enforced. */
export const fraction = z
  .strictObject({ numerator: integer(0), denominator: integer(1).default(100) })
  .check(context => {
    const { numerator, denominator } = context.value;
    if (numerator <= denominator) return;
    refuse(context, {
      code: 'schema/fraction',
      path: ['numerator'],
      message: `${numerator} of ${denominator} is more than all requests`,
      help: `write a numerator of at most ${denominator}`,
    });
  });
