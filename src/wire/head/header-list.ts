// SPDX-License-Identifier: Apache-2.0

import type { HeadBlock, Unspeakable } from '../http1/head-block.ts';

/** What a list costs beside its fields: itself and three arrays. */
const LIST_BYTES = 208;
/** What a field of a list costs beside its text: two strings and two slots. */
const FIELD_BYTES = 64;

/**
 * Header fields as the wire layer hands them on.
 *
 * A `HeaderList` holds the fields of a block that do not change from call to call. Equal lists of one worker are the
 * same object (interned by the decoder in a bounded pool), so that what follows from a list is computed once and kept in
 * a `MemoSlot`. Fields that change per request are split off into a `VolatileFields`: those of `VOLATILE_NAMES`, and on each connection those of names that bring
 * a new value there again and again. A `:path` may be one of these: ask `targetOf`.
 */
export class HeaderList {
  /** Lower case; pseudo-header fields first, as on the wire. */
  readonly names: readonly string[];
  /** Same length as `names`. */
  readonly values: readonly string[];
  /** What consumers keep with the list, each in its `MemoSlot`. */
  readonly memos: unknown[] = [undefined, undefined, undefined, undefined];
  /** The HTTP/1.1 codec's own: the list as bytes; null: not made yet. */
  http1: HeadBlock | Unspeakable | null = null;
  /** Names of fields that arrived as "never indexed" and must leave so (RFC 7541 §6.2.3); pass it on to a list made from this one. */
  readonly sensitive: readonly string[] | null;
  /** The HTTP/2 codec's own: what the list was found to be (see `message-validation.ts`); 0: not looked at yet. */
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

/** What is kept with lists above this layer, and where. */
const PLACES = { decision: 0, targets: 1, response: 2, trailers: 3 };

/** One consumer's place in every list: nobody else makes a slot of the same name. */
export class MemoSlot<T> {
  readonly #place: number;

  constructor(memo: keyof typeof PLACES) {
    this.#place = PLACES[memo];
  }

  of(list: HeaderList): T | undefined {
    return list.memos[this.#place] as T | undefined;
  }

  put(list: HeaderList, value: T): void {
    list.memos[this.#place] = value;
  }
}

/** Name, value, name, value …; null: none. A `:path` comes first. Never mutated once handed over. */
export type VolatileFields = readonly string[] | null;

/** The first value of a name (lower case), undefined when absent. Looks at names only: a value may read like a name. O(fields). */
export function fieldOf(fields: VolatileFields, name: string): string | undefined {
  if (fields === null) return undefined;
  for (let at = 0; at + 1 < fields.length; at += 2) if (fields[at] === name) return fields[at + 1];
  return undefined;
}

/** The `:path` among the fields, where it comes first; null: it is not there. O(1). */
export function pathIn(fields: VolatileFields): string | null {
  return fields !== null && fields[0] === ':path' ? (fields[1] as string) : null;
}

/** The target of a request, path and query; '' when it has none (CONNECT). */
export function targetOf(head: HeaderList, fields: VolatileFields): string {
  return pathIn(fields) ?? head.get(':path') ?? '';
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
  'x-request-id',
  'x-correlation-id',
  'date',
  'content-length',
  'x-envoy-upstream-service-time',
  'grpc-message',
  'grpc-status-details-bin',
]);
