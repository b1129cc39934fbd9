// SPDX-License-Identifier: Apache-2.0

import { SlabPool } from '../output/slab-pool.ts';
import { Field, fieldFlags, PSEUDO, SENSITIVE, VOLATILE } from './field.ts';
import { HeaderList } from './header-list.ts';
import { STATIC_FIELDS } from './static-fields.ts';
import { SteadyNames } from './steady-names.ts';

/** What things cost in memory beside their text, measured on Node 24: a field with its place in a map, */
const FIELD_BYTES = 160;
/** a name that no field had yet, with a map of its values, */
const NAME_BYTES = 320;
/** a step of the trie with its place in a map, */
const NODE_BYTES = 144;
/** and the map of a step that is followed by more than one. */
const BRANCH_BYTES = 240;

/**
 * What the connections of one worker share: fields and header lists by content, output slabs, scratch space.
 *
 * Lists are the leaves of a trie over interned fields, so that a decoder finds the list of a block by one pointer
 * comparison per field when it is the list that came last this way. When the pool is full it starts anew: lists in use live on,
 * equal ones are merely made a second time. Full is what it costs in memory, objects and what consumers keep with lists included.
 */
export class HeaderListPool {
  readonly #maxBytes: number;
  #fields = new Map<string, Map<string, Field>>();
  #sensitive = new Map<string, Map<string, Field>>();
  /** What is held costs this, about. */
  #bytes = 0;
  /** Internal: where decoders begin. */
  root: ListNode;
  /** What the encoders of a codec share, an object of its own class; null: there is none yet. */
  encoders: object | null = null;
  /** The same of its decoders. */
  decoders: object | null = null;
  /** The same of the windows of its streams. */
  windows: object | null = null;
  /** Names that never vary; see there. */
  readonly steadyNames: SteadyNames = new SteadyNames();
  /** Internal: how many fields were interned so far. */
  made = 0;
  /** Internal: output memory. */
  readonly slabs: SlabPool = new SlabPool();
  /** Internal: space for one decoded string; grown by the decoder. */
  scratch: Buffer = Buffer.allocUnsafeSlow(4096);

  /** `maxBytes` defaults to 16 MiB: some 4,000 different heads. Unbounded variety of paths or tokens must not become unbounded memory. */
  constructor(options: { readonly maxBytes?: number } = {}) {
    this.#maxBytes = options.maxBytes ?? 16_777_216;
    this.root = new ListNode(this, null, null);
    this.#clear();
  }

  /**
   * The interned list with these fields. For lists built by hand that are used often; never with values that differ per call.
   * `sensitive`: names that are never indexed; a list made from another one passes on that one's.
   */
  intern(names: readonly string[], values: readonly string[], sensitive: readonly string[] | null = null): HeaderList {
    let node = this.root;
    for (let i = 0; i < names.length; i++) {
      const name = names[i] ?? '';
      node = node.child(this.field(name, values[i] ?? '', sensitive?.includes(name) === true));
    }
    return node.list();
  }

  /** Internal: the field with this content; a volatile one is always new. */
  field(name: string, value: string, sensitive: boolean): Field {
    const table = sensitive ? this.#sensitive : this.#fields;
    let values = table.get(name);
    let field = values?.get(value);
    if (field !== undefined) return field;
    let flags = fieldFlags(name, value);
    if (sensitive) flags |= SENSITIVE;
    field = new Field(name, value, flags);
    if (flags & VOLATILE) return field;
    this.charge(FIELD_BYTES + name.length + value.length);
    values ??= table.get(name);
    if (values === undefined) {
      this.charge(NAME_BYTES);
      values = new Map();
      (sensitive ? this.#sensitive : this.#fields).set(name, values);
    }
    values.set(value, field);
    this.made++;
    return field;
  }

  /** `bytes` more are held: by the pool, or by a consumer in the memo of one of its lists. */
  charge(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > this.#maxBytes) this.#clear();
  }

  #clear(): void {
    this.#fields = new Map();
    this.#sensitive = new Map();
    this.root = new ListNode(this, null, null);
    this.#bytes = 0;
    for (let i = 1; i < STATIC_FIELDS.length; i++) {
      const field = STATIC_FIELDS[i] as Field;
      const values = this.#fields.get(field.name) ?? new Map<string, Field>();
      values.set(field.value, field);
      this.#fields.set(field.name, values);
    }
  }
}

/** Internal: a prefix of header lists. */
export class ListNode {
  /** A field here or before is no pseudo-header. */
  readonly hasRegular: boolean;
  readonly #pool: HeaderListPool;
  readonly #parent: ListNode | null;
  readonly #field: Field | null;
  #list: HeaderList | null = null;
  /** The child taken last, which is nearly always the one taken next; the only one while there is no map. */
  #lastField: Field | null = null;
  #last: ListNode | null = null;
  #children: Map<Field, ListNode> | null = null;

  constructor(pool: HeaderListPool, parent: ListNode | null, field: Field | null) {
    this.#pool = pool;
    this.#parent = parent;
    this.#field = field;
    this.hasRegular = field !== null && (field.flags & PSEUDO) === 0;
  }

  child(field: Field): ListNode {
    if (this.#lastField === field && this.#last !== null) return this.#last;
    return this.#other(field);
  }

  #other(field: Field): ListNode {
    let child = this.#children?.get(field);
    if (child === undefined) {
      child = new ListNode(this.#pool, this, field);
      this.#pool.charge(NODE_BYTES);
      this.#branch(field, child);
    }
    this.#lastField = field;
    this.#last = child;
    return child;
  }

  #branch(field: Field, child: ListNode): void {
    if (this.#lastField === null || this.#last === null) return;
    if (this.#children === null) {
      this.#children = new Map([[this.#lastField, this.#last]]);
      this.#pool.charge(BRANCH_BYTES);
    }
    this.#children.set(field, child);
  }

  /** The list of the fields on the way here. */
  list(): HeaderList {
    if (this.#list === null) {
      this.#list = this.#build();
      this.#pool.charge(this.#list.bytes);
    }
    return this.#list;
  }

  #build(): HeaderList {
    const names: string[] = [];
    const values: string[] = [];
    let sensitive: string[] | null = null;
    for (let node: ListNode | null = this; node !== null; node = node.#parent) {
      const field = node.#field;
      if (field === null) break;
      names.push(field.name);
      values.push(field.value);
      if (field.flags & SENSITIVE) {
        sensitive ??= [];
        sensitive.push(field.name);
      }
    }
    return new HeaderList(names.reverse(), values.reverse(), sensitive);
  }
}
