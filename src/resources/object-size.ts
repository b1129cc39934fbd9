// SPDX-License-Identifier: Apache-2.0

import type { SchemaIssue } from './schema-issue.ts';

/**
 * Fields and items of an object, however deep. The largest route that the API allows has some 10,000; what an API server
 * stores, 1.5 MiB, holds so many only when each is a few characters. Each may have a fault, which takes 2 KiB until all are
 * counted.
 */
export const MAX_OBJECT_NODES = 100_000;

/** Why an object is not judged at all; undefined: it is. Looks at no more than the limit. */
export function oversize(object: object): SchemaIssue | undefined {
  if (countNodes(object, MAX_OBJECT_NODES) <= MAX_OBJECT_NODES) return undefined;
  return {
    code: 'schema/too-large',
    path: [],
    message: `has more than ${MAX_OBJECT_NODES} fields and items; they are not looked at`,
    help: 'write several objects instead of one',
  };
}

/** Up to one more than `limit`. */
function countNodes(value: object, limit: number): number {
  let count = 0;
  for (const inner of Array.isArray(value) ? value : Object.values(value)) {
    count += 1;
    if (typeof inner === 'object' && inner !== null) count += countNodes(inner, limit - count);
    if (count > limit) return count;
  }
  return count;
}
