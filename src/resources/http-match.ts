// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { Immutable } from './immutable.ts';
import { namedMatch } from './named-match.ts';
import { headerValue, PATH_PATTERN } from './names.ts';
import { list, quote, refuse, text } from './vocabulary.ts';

/** Parts that a path has no longer when it is compared: no request could match a path with one of them. */
const NEVER_MATCHED = /\/\/|\/\.\.?(?:\/|$)|%2f|#/i;

const pathMatch = z
  .strictObject({
    type: z.enum(['Exact', 'PathPrefix', 'RegularExpression']).default('PathPrefix'),
    value: text({ max: 1024 }).default('/'),
  })
  .check(context => {
    const { type, value } = context.value;
    if (type === 'RegularExpression') return;
    const fault = pathFault(value);
    if (fault === undefined) return;
    refuse(context, {
      code: 'schema/path-match',
      path: ['value'],
      message: `${quote(value)} ${fault}`,
      help: 'write a path such as /users/login; for a pattern set type: RegularExpression',
    });
  });
export type HTTPPathMatch = Immutable<z.output<typeof pathMatch>>;

function pathFault(value: string): string | undefined {
  if (!value.startsWith('/')) return 'does not begin with "/"';
  const part = NEVER_MATCHED.exec(value)?.[0];
  if (part !== undefined) return `has ${quote(part)} in it, which no request's path has`;
  return PATH_PATTERN.test(value) ? undefined : 'has characters that no path has';
}

const headerMatch = namedMatch(headerValue);
export type HTTPHeaderMatch = Immutable<z.output<typeof headerMatch>>;

const queryParamMatch = namedMatch(text({ min: 1, max: 1024, is: 'the value to match' }));
export type HTTPQueryParamMatch = Immutable<z.output<typeof queryParamMatch>>;

/** Methods that a match can name. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'] as const;

/** One match of an HTTPRoute's rule: all that it names must hold. Without path it takes every path. */
export const httpMatch = z.strictObject({
  path: pathMatch.default({ type: 'PathPrefix', value: '/' }),
  headers: list(headerMatch, { max: 16, key: 'name' }).exactOptional(),
  queryParams: list(queryParamMatch, { max: 16, key: 'name' }).exactOptional(),
  method: z.enum(METHODS).exactOptional(),
});
export type HTTPRouteMatch = Immutable<z.output<typeof httpMatch>>;
