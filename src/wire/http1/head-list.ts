// SPDX-License-Identifier: Apache-2.0

import { VOLATILE } from '../head/field.ts';
import type { HeaderList } from '../head/header-list.ts';
import type { HeaderListPool, ListNode } from '../head/header-list-pool.ts';
import type { VolatileFields } from '../head/volatile-fields.ts';
import type { LearnedNames } from './learned-names.ts';

/** Sorts fields into the interned list and those that vary, as the HTTP/2 decoder does. One for all heads of a worker, used for one at a time. */
export class HeadListBuilder {
  readonly #lists: HeaderListPool;
  /** Null between two heads: a node keeps all of its trie, which the pool may have let go of. */
  #node: ListNode | null = null;
  #fields: string[] | null = null;
  #learned: LearnedNames | null = null;

  constructor(lists: HeaderListPool) {
    this.#lists = lists;
  }

  /** `learned`: of the connection; null: for trailers, which come seldom. */
  begin(learned: LearnedNames | null): void {
    this.#node = this.#lists.root;
    this.#fields = null;
    this.#learned = learned;
    learned?.beginHead();
  }

  add(name: string, value: string): void {
    const field = this.#learned?.field(name, value) ?? this.#lists.field(name, value, false);
    if ((field.flags & VOLATILE) === 0) this.#node = (this.#node as ListNode).child(field);
    else if (this.#fields === null) this.#fields = [name, value];
    else this.#fields.push(name, value);
  }

  /** Of the names that are steady while the head is read. */
  get generation(): number {
    return this.#lists.steadyNames.generation;
  }

  /** Once for each head. */
  list(): HeaderList {
    const list = (this.#node as ListNode).list();
    this.#node = null;
    return list;
  }

  fields(): VolatileFields {
    return this.#fields;
  }
}
