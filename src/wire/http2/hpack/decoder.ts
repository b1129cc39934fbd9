// SPDX-License-Identifier: Apache-2.0

import {
  CONTENT_LENGTH,
  Field,
  fieldFlags,
  MALFORMED,
  PADDED,
  PSEUDO,
  SENSITIVE,
  VOLATILE,
  VOLATILE_NAME,
  varyingField,
  volatileField,
  withoutBlanks,
} from '../../head/field.ts';
import type { HeaderList } from '../../head/header-list.ts';
import type { HeaderListPool, ListNode } from '../../head/header-list-pool.ts';
import { STATIC_COUNT, STATIC_FIELDS } from '../../head/static-fields.ts';
import { VaryingNames } from '../../head/varying-names.ts';
import { pathIn, VOLATILE_NAMES } from '../../head/volatile-fields.ts';
import type { Http2Limits } from '../limits.ts';
import { BlockReader } from './block-reader.ts';
import type { BlockShapes } from './block-shapes.ts';
import { DynamicTable } from './dynamic-table.ts';
import { PartialList } from './partial-list.ts';
import { RememberedBlocks } from './remembered-blocks.ts';

/** Our SETTINGS_HEADER_TABLE_SIZE: the protocol's default, so that it holds from the first byte. */
export const DECODER_TABLE_BYTES = 4096;

/**
 * HPACK decoder of one connection (RFC 7541).
 *
 * Stable fields walk the pool's trie, one comparison each and no strings; volatile ones, and those of names that turned out to vary on
 * this connection, go to `fields`, a `:path` first. Costs O(block), allocates only for literals and volatile fields. A list over the limits
 * is decoded to its end (the table must stay in step) but not kept. After `decode` the outcome is in the public fields, until `letGo`.
 */
export class HpackDecoder {
  /** Null when over a limit. */
  list: HeaderList | null = null;
  fields: string[] | null = null;
  /** A field breaks RFC 9113 §8.2.1 or §8.3, or there is no single sound content-length. */
  malformed = false;
  /** -1: none. */
  contentLength = -1;

  readonly #pool: HeaderListPool;
  readonly #limits: Http2Limits;
  readonly #reader: BlockReader;
  readonly #table = new DynamicTable(DECODER_TABLE_BYTES);
  readonly #blocks = new RememberedBlocks();
  #varying: VaryingNames | null = null;
  #steadyGeneration = 0;
  #heads = 0;
  /** Where the block has come to; null between two: a node keeps all of its trie, which an idle connection would outlive the pool with. */
  #node: ListNode | null = null;
  readonly #partial = new PartialList();
  #bytes = 0;
  #count = 0;
  #literals = false;
  #mutated = false;

  constructor(pool: HeaderListPool, limits: Http2Limits) {
    this.#pool = pool;
    this.#limits = limits;
    this.#reader = BlockReader.of(pool);
  }

  /** The `:path`, when it is in `fields`; null: it is in the list, or there is none. */
  get path(): string | null {
    return pathIn(this.fields);
  }

  /** Decodes one whole block. False: COMPRESSION_ERROR, the connection cannot go on. */
  decode(block: Buffer, start: number, end: number): boolean {
    this.fields = null;
    this.malformed = false;
    this.contentLength = -1;
    this.#heads++;
    if (this.#varying !== null && this.#steadyGeneration !== this.#pool.steadyNames.generation)
      this.#settle(this.#varying);
    const recent = this.#blocks.recent.find(block, start, end);
    if (recent !== null) {
      this.list = recent;
      return true;
    }
    return this.#decodeOther(block, start, end);
  }

  /** A block that is not just like one of those before. */
  #decodeOther(block: Buffer, start: number, end: number): boolean {
    this.#reader.begin(block, start, end);
    const { shapes, cache } = this.#blocks;
    if (shapes !== null && this.#readShaped(shapes)) return true;
    const known = cache?.get(block, start, end);
    if (known !== undefined) {
      this.list = known.list;
      this.fields = known.fields;
      this.contentLength = known.contentLength;
      return true;
    }
    return this.#decodeAnew();
  }

  /** Field by field. */
  #decodeAnew(): boolean {
    this.#reader.rewind();
    this.#node = this.#pool.root;
    this.#bytes = 0;
    this.#count = 0;
    this.#literals = false;
    this.#mutated = false;
    if (!this.#decodeFields()) return false;
    const over = this.#count > this.#limits.maxHeaderFields || this.#bytes > this.#limits.maxHeaderListBytes;
    const list = this.#node.list();
    this.#node = null;
    if (over) this.#partial.settle(list);
    this.list = over ? null : list;
    if (this.#mutated) this.#blocks.forget();
    else if (this.list !== null && !this.malformed) this.#remember(this.list);
    return true;
  }

  /** False: the block is to be read field by field. */
  #readShaped(shapes: BlockShapes): boolean {
    const fields = shapes.read(this.#reader);
    if (fields === null || shapes.bytes > this.#limits.maxHeaderListBytes) return false;
    this.list = shapes.list;
    this.fields = fields;
    return true;
  }

  #remember(list: HeaderList): void {
    const { fields, contentLength } = this;
    this.#blocks.note(this.#reader, { list, fields, contentLength, bytes: this.#bytes, hasLiterals: this.#literals });
  }

  /** Memory that is only taken to be quick, about. */
  get restBytes(): number {
    return this.#blocks.cost;
  }

  /** Gives that back. */
  rest(): void {
    this.#blocks.forget();
  }

  /** What was decoded last is nobody's concern any more: an idle connection would keep it. */
  letGo(): void {
    if (this.list === null) this.#partial.forget();
    this.list = null;
    this.fields = null;
  }

  /** After a list over the limits. */
  partialList(): HeaderList {
    return this.#partial.read(this.path);
  }

  #decodeFields(): boolean {
    const reader = this.#reader;
    const { block, end } = reader;
    while (reader.at < end) {
      const byte = block[reader.at] as number;
      let field: Field | undefined;
      if (byte & 0x80) {
        const index = byte === 0xff ? reader.integer(0x7f) : byte & 0x7f;
        if (byte !== 0xff) reader.at++;
        field = index > STATIC_COUNT ? this.#table.get(index - STATIC_COUNT - 1) : STATIC_FIELDS[index];
        if (index <= 0) return false;
      } else if (byte & 0x40) {
        field = this.#literal(0x3f, false);
        if (field === undefined) return false;
        this.#table.insert(field);
        this.#mutated = true;
      } else if (byte & 0x20) {
        if (this.#count > 0 || !this.#resize()) return false;
        continue;
      } else {
        this.#literals = true;
        field = this.#literal(0x0f, (byte & 0x10) !== 0);
      }
      if (field === undefined) return false;
      this.#add(field);
    }
    return reader.at === end;
  }

  #add(received: Field): void {
    const field = received.flags & PADDED ? this.#unpadded(received) : received;
    const flags = field.flags;
    this.#count++;
    this.#bytes += received.size;
    if (this.#bytes > this.#limits.maxHeaderListBytes || this.#count > this.#limits.maxHeaderFields) {
      this.#partial.note(field);
      return;
    }
    if (flags & (VOLATILE | MALFORMED | PSEUDO)) {
      if (flags & MALFORMED) this.malformed = true;
      if (flags & VOLATILE) {
        this.#addVolatile(field);
        return;
      }
      if (this.#hasVolatileRegular()) this.malformed = true; // a pseudo-header after a regular field (RFC 9113 §8.3)
    }
    this.#node = (this.#node as ListNode).child(field);
  }

  /** What a message carries of the field: the table keeps it as it came, for its size is agreed on. */
  #unpadded({ name, value, flags }: Field): Field {
    const text = withoutBlanks(value);
    if (flags & VOLATILE && (text !== '' || !VOLATILE_NAMES.has(name))) return new Field(name, text, flags & ~PADDED);
    return this.#pool.field(name, text, (flags & SENSITIVE) !== 0);
  }

  #hasVolatileRegular(): boolean {
    return this.fields !== null && this.fields.length > (this.path === null ? 0 : 2);
  }

  #addVolatile(field: Field): void {
    if (field.flags & PSEUDO) {
      if (this.fields !== null || (this.#node as ListNode).hasRegular) this.malformed = true;
    }
    if (field.flags & CONTENT_LENGTH) {
      // Two of them are refused even when equal: a next hop might join them in another way.
      if (this.contentLength !== -1 || !/^\d{1,15}$/.test(field.value)) this.malformed = true;
      else this.contentLength = Number(field.value);
    }
    if (this.fields === null) this.fields = [field.name, field.value];
    else this.fields.push(field.name, field.value);
  }

  /** The literal field that comes next; undefined when the bytes are wrong. */
  #literal(prefix: number, sensitive: boolean): Field | undefined {
    const reader = this.#reader;
    const index = reader.integer(prefix);
    if (index < 0) return undefined;
    let named: Field | undefined;
    if (index === 0) named = reader.name();
    else named = index > STATIC_COUNT ? this.#table.get(index - STATIC_COUNT - 1) : STATIC_FIELDS[index];
    const from = reader.at;
    const value = reader.text();
    if (named === undefined || value === undefined) return undefined;
    const isStable = (named.flags & VOLATILE_NAME) === 0 || value === '';
    const field = isStable ? this.#field(named.name, value, sensitive) : volatileField(named, value);
    if ((field.flags & (VOLATILE | PADDED)) === VOLATILE) reader.holes.push(from, reader.at);
    return field;
  }

  /** What is beyond the limits is decoded for the table's sake, and must not push out what others share. */
  #field(name: string, value: string, sensitive: boolean): Field {
    const { maxHeaderFields, maxHeaderListBytes } = this.#limits;
    const isOver = this.#count >= maxHeaderFields || this.#bytes + name.length + value.length > maxHeaderListBytes;
    if (!isOver)
      return this.#varying?.has(name) === true ? varyingField(name, value) : this.#interned(name, value, sensitive);
    return new Field(name, value, fieldFlags(name, value) | (sensitive ? SENSITIVE : 0));
  }

  /** Looks whether the value is one more that nobody had, and what that makes of its name. */
  #interned(name: string, value: string, sensitive: boolean): Field {
    const pool = this.#pool;
    const { made } = pool;
    const field = pool.field(name, value, sensitive);
    if (pool.made === made || field.flags & MALFORMED || pool.steadyNames.has(name)) return field;
    if (this.#varying === null) {
      this.#varying = new VaryingNames();
      this.#steadyGeneration = pool.steadyNames.generation;
    }
    if (!this.#varying.isNowVarying(name, this.#heads)) return field;
    // All fields of a name must be in one place, for their order is theirs.
    this.#table.replace(known => (known.name === name ? varyingField(name, known.value) : known));
    this.#mutated = true;
    return field;
  }

  /** Somebody looks at more names since: they belong into lists again. */
  #settle(varying: VaryingNames): void {
    const { steadyNames } = this.#pool;
    this.#steadyGeneration = steadyNames.generation;
    const settled = varying.settle(name => steadyNames.has(name));
    if (settled.length === 0) return;
    this.#blocks.forget();
    this.#table.replace(field =>
      settled.includes(field.name) ? this.#pool.field(field.name, field.value, false) : field,
    );
  }

  #resize(): boolean {
    const bytes = this.#reader.integer(0x1f);
    if (bytes < 0 || bytes > DECODER_TABLE_BYTES) return false;
    this.#table.resize(bytes);
    this.#mutated = true;
    return true;
  }
}
