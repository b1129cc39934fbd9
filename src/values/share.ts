// SPDX-License-Identifier: Apache-2.0

/**
 * Structural sharing: `next` with every part that equals the same part of `previous` replaced by that part. The result
 * is `previous` itself when nothing differs, so consumers can tell change by identity. For plain data only (objects and
 * arrays without cycles). Costs one walk over what is not shared already.
 */
export function share<T>(previous: T | undefined, next: T): T {
  if (previous === undefined || Object.is(previous, next)) return next;
  return shareUnknown(previous, next) as T;
}

/** As `share`, for the values of a map; `previous` itself when nothing differs, whatever the order. */
export function shareMap<T>(
  previous: ReadonlyMap<string, T> | undefined,
  next: ReadonlyMap<string, T>,
): ReadonlyMap<string, T> {
  if (previous === undefined) return next;
  const shared = new Map<string, T>();
  let same = previous.size === next.size;
  for (const [key, value] of next) {
    const before = previous.get(key);
    const kept = share(before, value);
    if (kept !== before) same = false;
    shared.set(key, kept);
  }
  return same ? previous : shared;
}

/** `previous` if the items of `next` are the very same, in the same order; else `next`. Looks into none. */
export function keepList<Item>(previous: readonly Item[] | undefined, next: readonly Item[]): readonly Item[] {
  return previous !== undefined && haveSameItems(previous, next) ? previous : next;
}

/** By identity, in order. */
export function haveSameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, at) => item === b[at]);
}

function shareUnknown(previous: unknown, next: unknown): unknown {
  if (Object.is(previous, next)) return previous;
  if (Array.isArray(previous) && Array.isArray(next)) return shareArray(previous, next);
  if (isPlain(previous) && isPlain(next)) return shareObject(previous, next);
  return next;
}

function shareArray(previous: readonly unknown[], next: readonly unknown[]): readonly unknown[] {
  let same = previous.length === next.length;
  let shared: unknown[] | undefined;
  // Lists have an entry for each route, and most are the same object: no call and no copy for those.
  for (let index = 0; index < next.length; index++) {
    const item = next[index];
    if (Object.is(item, previous[index])) continue;
    const kept = shareUnknown(previous[index], item);
    if (kept !== previous[index]) same = false;
    if (kept === item) continue;
    shared ??= next.slice();
    shared[index] = kept;
  }
  return same ? previous : (shared ?? next);
}

function shareObject(previous: Record<string, unknown>, next: Record<string, unknown>): Record<string, unknown> {
  const keys = Object.keys(next);
  const values = keys.map(key => (Object.hasOwn(previous, key) ? shareUnknown(previous[key], next[key]) : next[key]));
  const isSame = keys.every((key, at) => Object.hasOwn(previous, key) && previous[key] === values[at]);
  if (isSame && Object.keys(previous).length === keys.length) return previous;
  // A copy has all fields as its own, also one named `__proto__`: to set it is no harm then.
  const shared = { ...next };
  for (const [at, key] of keys.entries()) shared[key] = values[at];
  return shared;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
