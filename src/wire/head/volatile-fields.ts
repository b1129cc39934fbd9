// SPDX-License-Identifier: Apache-2.0

/**
 * Fields that differ from call to call: name, value, name, value …; null: none. A `:path` comes first. Never mutated once handed over.
 * All that looks for a name is here: it looks only where names stand, for a value may read like one.
 */
export type VolatileFields = readonly string[] | null;

/** The first value of a name (lower case), undefined when absent. O(fields). */
export function fieldOf(fields: VolatileFields, name: string): string | undefined {
  if (fields === null) return undefined;
  for (let at = 0; at + 1 < fields.length; at += 2) if (fields[at] === name) return fields[at + 1];
  return undefined;
}

/** All values of a name, in order; undefined: there is none. O(fields). */
export function joinedField(fields: VolatileFields, name: string, separator: string): string | undefined {
  let joined: string | undefined;
  for (let at = 0; fields !== null && at + 1 < fields.length; at += 2) {
    if (fields[at] === name) joined = joined === undefined ? fields[at + 1] : joined + separator + fields[at + 1];
  }
  return joined;
}

/** Names and values apart, for who changes many; new arrays. `fieldsOf` puts them together again. */
export function splitFields(fields: VolatileFields): { readonly names: string[]; readonly values: string[] } {
  const split = { names: [] as string[], values: [] as string[] };
  for (let at = 0; fields !== null && at + 1 < fields.length; at += 2) {
    split.names.push(fields[at] as string);
    split.values.push(fields[at + 1] as string);
  }
  return split;
}

/** The other way round: one value a name. */
export function fieldsOf(names: readonly string[], values: readonly string[]): VolatileFields {
  return names.length === 0 ? null : names.flatMap((name, at) => [name, values[at] as string]);
}

/** The `:path` among the fields, where it comes first; null: it is not there. O(1). */
export function pathIn(fields: VolatileFields): string | null {
  return fields !== null && fields[0] === ':path' ? (fields[1] as string) : null;
}

/** `fields` with another `:path` where they have one; else the same array. */
export function withTarget(fields: VolatileFields, target: string): VolatileFields {
  return fields === null || pathIn(fields) === null ? fields : [':path', target, ...fields.slice(2)];
}

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

/**
 * Fields that are expected to differ on each call. They are never indexed by our encoder and never part of a
 * `HeaderList`, so that they neither poison HPACK tables nor defeat what is remembered per list. With an empty value
 * (grpc-go ends every call with an empty `grpc-message`) they are the same on each call, and stay in the list; only
 * `content-length` never does.
 */
export const VOLATILE_NAMES: ReadonlySet<string> = new Set([
  'grpc-timeout',
  'traceparent',
  'tracestate',
  'b3',
  'x-b3-traceid',
  'x-b3-spanid',
  'x-b3-parentspanid',
  'x-cloud-trace-context',
  'grpc-trace-bin',
  'grpc-previous-rpc-attempts',
  'x-request-id',
  'x-correlation-id',
  'date',
  'content-length',
  'x-envoy-upstream-service-time',
  'grpc-message',
  'grpc-status-details-bin',
]);
