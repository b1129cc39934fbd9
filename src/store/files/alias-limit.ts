// SPDX-License-Identifier: Apache-2.0

/** Nodes that a document may have once its aliases are followed; kubectl's YAML library refuses such texts too. */
const MAX_NODES = 200_000;

/**
 * True when a value whose aliases refer to one another is too large to be walked: ten lines of YAML can stand for a
 * billion nodes. Looks at no more than the limit.
 */
export function expandsTooFar(text: string, values: readonly unknown[]): boolean {
  if (!text.includes('*') || !text.includes('&')) return false;
  const pending: unknown[] = [...values];
  let nodes = 0;
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (++nodes > MAX_NODES) return true;
    if (typeof value === 'object' && value !== null)
      for (const inner of Object.values(value)) pending.push(inner ?? null);
  }
  return false;
}
