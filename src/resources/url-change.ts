// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { preciseHostname } from './names.ts';
import { port } from './references.ts';
import { onlyWith, text } from './vocabulary.ts';

const path = text({ max: 1024, is: 'a path of at most 1024 characters' });
const others = {
  replaceFullPath: onlyWith('type', 'ReplaceFullPath'),
  replacePrefixMatch: onlyWith('type', 'ReplacePrefixMatch'),
};

/** What takes the place of a path, or of the prefix that matched (HTTPPathModifier). Any text, empty too. */
const pathModifier = z.discriminatedUnion('type', [
  z.strictObject({ ...others, type: z.literal('ReplaceFullPath'), replaceFullPath: path }),
  z.strictObject({ ...others, type: z.literal('ReplacePrefixMatch'), replacePrefixMatch: path }),
]);

/** HTTPURLRewriteFilter. */
export const urlRewrite = z.strictObject({
  hostname: preciseHostname.exactOptional(),
  path: pathModifier.exactOptional(),
});

/** HTTPRequestRedirectFilter. What is absent stays as the request has it. */
export const requestRedirect = z.strictObject({
  scheme: z.enum(['http', 'https']).exactOptional(),
  hostname: preciseHostname.exactOptional(),
  port: port.exactOptional(),
  path: pathModifier.exactOptional(),
  statusCode: z.literal([301, 302, 303, 307, 308]).default(302),
});
