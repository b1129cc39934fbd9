// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { Immutable } from './immutable.ts';
import { refuse, text } from './vocabulary.ts';

/** The text of a GEP-2257 duration. */
export const durationText = text({ pattern: /^([0-9]{1,5}(h|m|s|ms)){1,4}$/, is: 'a duration such as 1h30m or 500ms' });

/** Session persistence of a rule. Experimental. */
export const sessionPersistence = z
  .strictObject({
    sessionName: text({ max: 128 }).exactOptional(),
    absoluteTimeout: durationText.exactOptional(),
    type: z.enum(['Cookie', 'Header']).default('Cookie'),
    cookieConfig: z.strictObject({ lifetimeType: z.enum(['Permanent', 'Session']).default('Session') }).exactOptional(),
  })
  .check(context => {
    const { absoluteTimeout, type, cookieConfig } = context.value;
    if (cookieConfig === undefined) return;
    if (cookieConfig.lifetimeType === 'Permanent' && absoluteTimeout === undefined) {
      refuse(context, {
        code: 'schema/session-persistence',
        path: ['absoluteTimeout'],
        message: 'a permanent cookie needs absoluteTimeout',
        help: 'add absoluteTimeout: with a duration such as 24h',
      });
    }
    if (type !== 'Cookie') {
      refuse(context, {
        code: 'schema/session-persistence',
        path: ['cookieConfig'],
        message: `cookieConfig does not go with type ${type}`,
        help: 'remove it, or set type: Cookie',
      });
    }
  });
export type SessionPersistence = Immutable<z.output<typeof sessionPersistence>>;
