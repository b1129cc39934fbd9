// SPDX-License-Identifier: Apache-2.0

import { compareNamespacedNames, compareStrings, type NamespacedName } from '../values/index.ts';

/** What age is judged by. A missing timestamp (objects in files) is older than any: files have no age of their own. */
export interface Aged extends NamespacedName {
  readonly creationTimestamp?: string | undefined;
}

/** Oldest first, then by namespace and name: the Gateway API's rule wherever objects conflict. */
export function compareAge(a: Aged, b: Aged): number {
  // RFC 3339 in UTC without fractions, as the API server writes it, sorts as text.
  return compareStrings(a.creationTimestamp ?? '', b.creationTimestamp ?? '') || compareNamespacedNames(a, b);
}
