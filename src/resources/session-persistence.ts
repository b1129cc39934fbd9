// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { Immutable } from './immutable.ts';
import { durationText, headerName } from './names.ts';
import { isObject } from './shape.ts';
import { onlyWith, refuse, text } from './vocabulary.ts';

const absoluteTimeout = durationText.exactOptional();

const byCookie = z
  .strictObject({
    type: z.literal('Cookie'),
    absoluteTimeout,
    cookie: z.strictObject({
      name: headerName.exactOptional(),
      path: text({ max: 1024 }).default('/'),
      lifetimeType: z.enum(['Permanent', 'Session']).default('Session'),
    }),
    header: onlyWith('type', 'Header', 'schema/session-persistence'),
  })
  .check(context => {
    if (context.value.cookie.lifetimeType !== 'Permanent' || context.value.absoluteTimeout !== undefined) return;
    refuse(context, {
      code: 'schema/session-persistence',
      path: ['absoluteTimeout'],
      message: 'a permanent cookie needs absoluteTimeout',
      help: 'add absoluteTimeout: with a duration such as 24h',
    });
  });

const byHeader = z.strictObject({
  type: z.literal('Header'),
  absoluteTimeout,
  header: z.strictObject({ name: headerName }),
  cookie: onlyWith('type', 'Cookie', 'schema/session-persistence'),
});

/** Session persistence of a rule; Cookie when no type is given. Experimental. */
export const sessionPersistence = z.preprocess(
  value => (isObject(value) && value['type'] === undefined ? { ...value, type: 'Cookie' } : value),
  z.discriminatedUnion('type', [byCookie, byHeader]),
);
export type SessionPersistence = Immutable<z.output<typeof sessionPersistence>>;
