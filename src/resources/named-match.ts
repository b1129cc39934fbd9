// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { headerName } from './names.ts';

/** How a text is compared. */
export const matchType = z.enum(['Exact', 'RegularExpression']).default('Exact');

/** A match of what a request has by name: a header, or a query parameter. */
export function namedMatch<Value extends z.ZodType>(value: Value) {
  return z.strictObject({ type: matchType, name: headerName, value });
}
