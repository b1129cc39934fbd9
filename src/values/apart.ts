// SPDX-License-Identifier: Apache-2.0

const NONE: readonly never[] = [];

/** Two lists without what they have alike at either end, wherever that moved. Costs one look at each of these. */
export function apart<Item>(
  before: readonly Item[],
  after: readonly Item[],
): { readonly old: readonly Item[]; readonly now: readonly Item[] } {
  if (before === after) return { old: NONE, now: NONE };
  const moved = before.length - after.length;
  let at = 0;
  // By index: an iterator would make an object for each of thousands.
  while (at < after.length && after[at] === before[at]) at++;
  let end = after.length;
  while (end > at && end + moved > at && after[end - 1] === before[end + moved - 1]) end--;
  return { old: before.slice(at, end + moved), now: after.slice(at, end) };
}
