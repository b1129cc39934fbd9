// SPDX-License-Identifier: Apache-2.0

import type { HeaderListPool } from '../head/header-list-pool.ts';
import type { SteadyNames } from '../head/steady-names.ts';
import { FieldSection } from './field-section.ts';
import { HeadListBuilder } from './head-list.ts';
import type { RequestHead } from './request-head.ts';
import type { ResponseHead } from './response-head.ts';

/** Heads of each kind that are remembered. */
const MAX_HEADS = 512;
/** A longer head is read anew each time: it costs more to remember and is less likely to come again. */
const MAX_REMEMBERED_BYTES = 2_048;

/** A head that was read. */
interface ReadHead {
  /** That it was read from; null: they are not kept. */
  readonly bytes: Buffer | null;
  /** Of the steady names then: by others it might be sorted into list and fields in another way. */
  readonly generation: number;
}

/**
 * Heads that came at least twice, by their bytes. A head that came once leaves a number behind and nothing else, so heads that
 * differ each time neither take memory nor push out those that repeat. O(bytes), once a connection's own last head was another.
 */
export class RepeatedHeads<Head extends ReadHead> {
  readonly #heads: (Head | undefined)[] = new Array<Head | undefined>(MAX_HEADS);
  readonly #seen: Int32Array = new Int32Array(MAX_HEADS);
  readonly #steadyNames: SteadyNames;
  #hash = 0;

  constructor(steadyNames: SteadyNames) {
    this.#steadyNames = steadyNames;
  }

  /** The head with these bytes; undefined: not remembered. `remember` may follow. */
  find(b: Buffer, start: number, end: number): Head | undefined {
    if (end - start > MAX_REMEMBERED_BYTES) return undefined;
    this.#hash = hashOf(b, start, end);
    const head = this.#heads[this.#hash & (MAX_HEADS - 1)];
    return head !== undefined && this.#isCurrent(head) && isSame(head.bytes, b, start, end) ? head : undefined;
  }

  /** How long `last` is, where `b[at, to)` begins with the same bytes; 0: it does not, or they say something else now. */
  beginsWith(last: Head, b: Buffer, at: number, to: number): number {
    const { bytes } = last;
    return bytes !== null && this.#isCurrent(last) && startsWith(b, at, to, bytes) ? bytes.length : 0;
  }

  /** Whether the bytes that `find` did not find came before: then they are worth a copy. */
  cameBefore(start: number, end: number): boolean {
    if (end - start > MAX_REMEMBERED_BYTES) return false;
    const slot = this.#hash & (MAX_HEADS - 1);
    if (this.#seen[slot] === this.#hash) return true;
    this.#seen[slot] = this.#hash;
    return false;
  }

  /** After `find`. */
  remember(head: Head): void {
    this.#heads[this.#hash & (MAX_HEADS - 1)] = head;
  }

  #isCurrent({ generation }: Head): boolean {
    return generation === this.#steadyNames.generation;
  }
}

/** What the connections of one worker share whose heads are text. */
export class HeadMemory {
  readonly lists: HeaderListPool;
  readonly requests: RepeatedHeads<RequestHead>;
  readonly responses: RepeatedHeads<ResponseHead>;
  /** Space to read one head in. */
  readonly section: FieldSection = new FieldSection();
  readonly builder: HeadListBuilder;

  constructor(lists: HeaderListPool) {
    this.lists = lists;
    this.requests = new RepeatedHeads(lists.steadyNames);
    this.responses = new RepeatedHeads(lists.steadyNames);
    this.builder = new HeadListBuilder(lists);
  }
}

/** Whether `bytes`, if they were kept, are `b[start, end)`. */
function isSame(bytes: Buffer | null, b: Buffer, start: number, end: number): boolean {
  return bytes !== null && bytes.length === end - start && b.compare(bytes, 0, bytes.length, start, end) === 0;
}

/** FNV-1a. */
function hashOf(b: Buffer, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (b[at] as number), 0x01000193);
  return hash ^ (hash >>> 15);
}

/** Whether `b[at, to)` begins with `bytes`. */
function startsWith(b: Buffer, at: number, to: number, bytes: Buffer): boolean {
  const end = at + bytes.length;
  return end <= to && b.compare(bytes, 0, bytes.length, at, end) === 0;
}
