// SPDX-License-Identifier: Apache-2.0

/** How long a rule of an HTTPRoute waits, and how often it tries. */
import * as z from 'zod';
import { parseDuration } from '../values/index.ts';
import { durationText } from './names.ts';
import { integer, list, refuse } from './vocabulary.ts';

/** HTTPRouteTimeouts. A request timeout of zero is none, which no other timeout can exceed. */
export const httpTimeouts = z
  .strictObject({ request: durationText.exactOptional(), backendRequest: durationText.exactOptional() })
  .check(context => {
    const { request, backendRequest } = context.value;
    const whole = parseDuration(request ?? '') ?? 0;
    if (whole === 0 || (parseDuration(backendRequest ?? '') ?? 0) <= whole) return;
    refuse(context, {
      code: 'schema/timeouts',
      path: ['backendRequest'],
      message: `backendRequest ${backendRequest} is longer than the whole request, ${request}`,
      help: `write at most ${request}, or a longer request:`,
    });
  });

/** HTTPRouteRetry: `attempts` counts the tries after the first; 0 is never. */
export const httpRetry = z.strictObject({
  codes: list(integer(400, 599), { max: Number.POSITIVE_INFINITY, isSet: true }).exactOptional(),
  attempts: integer(0).default(1),
  backoff: durationText.exactOptional(),
});
