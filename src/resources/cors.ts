// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { headerName } from './names.ts';
import { integer, list, refuse, text } from './vocabulary.ts';

const ORIGIN = /^\*$|^https?:\/\/((\*\.)?([a-zA-Z0-9-]+\.)*[a-zA-Z0-9-]+|\*)(:[0-9]{1,5})?$/;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', '*'] as const;

const origin = text({ min: 1, max: 253, pattern: ORIGIN, is: 'an origin such as https://*.example.com:8443, or *' });

/** A set in which `*` stands for all and so stands alone. */
function allOrSome<Item extends z.ZodType<string>>(item: Item, max: number) {
  return list(item, { max, isSet: true }).check(context => {
    // Items are texts: `*` is looked for among them whether or not it may be one.
    const index = context.value.indexOf('*' as z.output<Item>);
    if (index < 0 || context.value.length === 1) return;
    refuse(context, {
      code: 'schema/cors-wildcard',
      path: [index],
      message: '* stands beside other items',
      help: 'keep * alone, or remove it',
    });
  });
}

/** HTTPCORSFilter. `maxAge` is in seconds; the CRD bounds it below only. */
export const cors = z.strictObject({
  allowOrigins: allOrSome(origin, 64).exactOptional(),
  allowCredentials: z.boolean().exactOptional(),
  allowMethods: allOrSome(z.enum(METHODS), METHODS.length - 1).exactOptional(),
  allowHeaders: allOrSome(headerName, 64).exactOptional(),
  exposeHeaders: list(headerName, { max: 64, isSet: true }).exactOptional(),
  maxAge: integer(1).default(5),
});
