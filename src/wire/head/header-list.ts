// SPDX-License-Identifier: Apache-2.0

import { pathIn, type VolatileFields } from './volatile-fields.ts';

/** What a list costs beside its fields: itself and two arrays. */
const LIST_BYTES = 128;
/** What a field of a list costs beside its text: two strings and two slots. */
const FIELD_BYTES = 64;

/**
 * Header fields as the wire layer hands them on.
 *
 * A `HeaderList` holds the fields of a block that do not change from call to call. Equal lists of one worker are the
 * same object (interned by the decoder in a bounded pool), so that what follows from a list is computed once and kept with
 * it. Fields that change per request are split off into a `VolatileFields`: those of `VOLATILE_NAMES`, and on each connection those of names that bring
 * a new value there again and again. A `:path` may be one of these: ask `targetOf`.
 */
export class HeaderList {
  /** Lower case; pseudo-header fields first, as on the wire. */
  readonly names: readonly string[];
  /** Same length as `names`. */
  readonly values: readonly string[];
  /**
   * What the reader of the list keeps with it, an object of a class of its own, by which it knows it again: heads of requests, heads of
   * responses and trailers are never equal, so each list has one reader. null: nothing yet.
   */
  memo: object | null = null;
  /** The same of the codec that writes the list and keeps its bytes with it. */
  written: object | null = null;
  /** Names of fields that arrived as "never indexed" and must leave so (RFC 7541 §6.2.3); pass it on to a list made from this one. */
  readonly sensitive: readonly string[] | null;
  /** The reading codec's own: what the list was found to be; 0: not looked at yet. */
  traits = 0;
  /** What the list costs in memory, about: text, strings and arrays. */
  readonly bytes: number;

  constructor(names: readonly string[], values: readonly string[], sensitive: readonly string[] | null = null) {
    this.names = names;
    this.values = values;
    this.sensitive = sensitive;
    let bytes = LIST_BYTES + names.length * FIELD_BYTES;
    for (let at = 0; at < names.length; at++) bytes += (names[at] ?? '').length + (values[at] ?? '').length;
    this.bytes = bytes;
  }

  /** The first value of a name (lower case), undefined when absent. O(fields). */
  get(name: string): string | undefined {
    const at = this.names.indexOf(name);
    return at < 0 ? undefined : this.values[at];
  }
}

/** The target of a request, path and query; '' when it has none (CONNECT). */
export function targetOf(head: HeaderList, fields: VolatileFields): string {
  return pathIn(fields) ?? head.get(':path') ?? '';
}
