// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { Immutable } from './immutable.ts';
import { headerName, headerValue } from './names.ts';
import { list } from './vocabulary.ts';

const header = z.strictObject({ name: headerName, value: headerValue });

/** HTTPHeaderFilter, of all routes. */
export const headerModifier = z.strictObject({
  set: list(header, { max: 16, key: 'name' }).exactOptional(),
  add: list(header, { max: 16, key: 'name' }).exactOptional(),
  remove: list(z.string(), { max: 16, isSet: true }).exactOptional(),
});
/** Changes to the headers of a request or response. Names are told apart by case here, unlike in HTTP. */
export type HeaderModifier = Immutable<z.output<typeof headerModifier>>;
