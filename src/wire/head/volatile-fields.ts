// SPDX-License-Identifier: Apache-2.0

/** Changes to per-request fields. Lists are never mutated; names are looked at only, for a value may read like a name. */
import type { VolatileFields } from './header-list.ts';

/** `fields` without those of some names; the same array when there are none. Per request: one look at each name. */
export function withoutFields(fields: VolatileFields, isDropped: (name: string) => boolean): VolatileFields {
  if (fields === null) return null;
  let kept: string[] | null = null;
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const name = fields[at] as string;
    if (isDropped(name)) kept ??= fields.slice(0, at);
    else if (kept !== null) kept.push(name, fields[at + 1] as string);
  }
  if (kept === null) return fields;
  return kept.length === 0 ? null : kept;
}

/** `fields` with one field of this name, at the end. */
export function withField(fields: VolatileFields, name: string, value: string): readonly string[] {
  const changed: string[] = [];
  for (let at = 0; fields !== null && at + 1 < fields.length; at += 2) {
    if (fields[at] !== name) changed.push(fields[at] as string, fields[at + 1] as string);
  }
  changed.push(name, value);
  return changed;
}
