// SPDX-License-Identifier: Apache-2.0

import {
  CONTENT_LENGTH,
  Field,
  fieldFlags,
  MALFORMED,
  PSEUDO,
  SENSITIVE,
  VOLATILE,
  VOLATILE_NAME,
  varyingField,
  volatileField,
} from '../../head/field.ts';
import { HeaderList } from '../../head/header-list.ts';
import type { HeaderListPool, ListNode } from '../../head/header-list-pool.ts';
import { latin1 } from '../../head/latin1.ts';
import { STATIC_COUNT, STATIC_FIELDS } from '../../head/static-fields.ts';
import { VaryingNames } from '../../head/varying-names.ts';
import type { Http2Limits } from '../limits.ts';
import { BlockCache } from './block-cache.ts';
import { DynamicTable } from './dynamic-table.ts';
import { decodeHuffman, huffmanDecodedBound } from './huffman.ts';
import { LiteralNames } from './literal-names.ts';
import { RecentBlocks } from './recent-blocks.ts';

/** Our SETTINGS_HEADER_TABLE_SIZE: the protocol's default, so that it holds from the first byte. */
export const DECODER_TABLE_BYTES = 4096;

/**
 * HPACK decoder of one connection (RFC 7541).
 *
 * Stable fields walk the pool's trie, one comparison each and no strings; volatile ones, and those of names that turned out to vary on
 * this connection, go to `fields`, a `:path` first. Costs O(block),
 * allocates only for literals and volatile fields. A list over the limits is decoded to its end (the table must stay in step) but
 * not kept. After `decode` the outcome is in the public fields, until the next call.
 */
export class HpackDecoder {
  /** Null when over a limit. */
  list: HeaderList | null = null;
  fields: string[] | null = null;
  /** A field breaks RFC 9113 §8.2.1 or §8.3, or there is no single sound content-length. */
  malformed = false;
  /** -1: none. */
  contentLength = -1;
  /** The `:path`, when it is in `fields`; null: it is in the list, or there is none. */
  path: string | null = null;

  readonly #pool: HeaderListPool;
  readonly #limits: Http2Limits;
  readonly #names: LiteralNames;
  readonly #table = new DynamicTable(DECODER_TABLE_BYTES);
  readonly #recent = new RecentBlocks();
  #cache: BlockCache | null = null;
  #varying: VaryingNames | null = null;
  #steadyGeneration = 0;
  #heads = 0;
  #at = 0;
  #end = 0;
  #node: ListNode;
  #bytes = 0;
  #count = 0;
  #literals = false;
  #mutated = false;

  constructor(pool: HeaderListPool, limits: Http2Limits) {
    this.#pool = pool;
    this.#limits = limits;
    this.#names = LiteralNames.of(pool);
    this.#node = pool.root;
  }

  /** Decodes one whole block. False: COMPRESSION_ERROR, the connection cannot go on. */
  decode(block: Buffer, start: number, end: number): boolean {
    this.fields = null;
    this.malformed = false;
    this.contentLength = -1;
    this.path = null;
    this.#heads++;
    if (this.#varying !== null && this.#steadyGeneration !== this.#pool.steadyNames.generation)
      this.#settle(this.#varying);
    const recent = this.#recent.find(block, start, end);
    if (recent !== null) {
      this.list = recent;
      return true;
    }
    const known = this.#cache?.get(block, start, end);
    if (known !== undefined) {
      this.list = known.list;
      this.fields = known.fields;
      this.contentLength = known.contentLength;
      return true;
    }
    this.#node = this.#pool.root;
    this.#at = start;
    this.#end = end;
    this.#bytes = 0;
    this.#count = 0;
    this.#literals = false;
    this.#mutated = false;
    if (!this.#decodeFields(block)) return false;
    const over = this.#count > this.#limits.maxHeaderFields || this.#bytes > this.#limits.maxHeaderListBytes;
    this.list = over ? null : this.#node.list();
    if (this.#mutated) this.#forget();
    else if (this.list !== null && !this.malformed) this.#remember(block, start, end, this.list);
    return true;
  }

  #remember(block: Buffer, start: number, end: number, list: HeaderList): void {
    const { fields, contentLength } = this;
    if (!this.#literals) {
      if (fields === null) this.#recent.note(block, start, end, list);
      return;
    }
    const isLengthOnly = fields !== null && fields.length === 2 && contentLength >= 0;
    if (fields !== null && !isLengthOnly) return;
    this.#cache ??= new BlockCache();
    this.#cache.set(block, start, end, { list, fields, contentLength });
  }

  /** The dynamic table says something else than before. */
  #forget(): void {
    this.#recent.forget();
    this.#cache = null;
  }

  /** After a list over the limits: the fields that came before the limit. */
  partialList(): HeaderList {
    const list = this.#node.list();
    if (this.path === null) return list;
    return new HeaderList([...list.names, ':path'], [...list.values, this.path], list.sensitive);
  }

  #decodeFields(block: Buffer): boolean {
    const end = this.#end;
    while (this.#at < end) {
      const byte = block[this.#at] as number;
      let field: Field | undefined;
      if (byte & 0x80) {
        const index = byte === 0xff ? this.#integer(block, 0x7f) : byte & 0x7f;
        if (byte !== 0xff) this.#at++;
        field = index > STATIC_COUNT ? this.#table.get(index - STATIC_COUNT - 1) : STATIC_FIELDS[index];
        if (index <= 0) return false;
      } else if (byte & 0x40) {
        field = this.#literal(block, 0x3f, false);
        if (field === undefined) return false;
        this.#table.insert(field);
        this.#mutated = true;
      } else if (byte & 0x20) {
        if (this.#count > 0 || !this.#resize(block)) return false;
        continue;
      } else {
        this.#literals = true;
        field = this.#literal(block, 0x0f, (byte & 0x10) !== 0);
      }
      if (field === undefined) return false;
      this.#add(field);
    }
    return this.#at === end;
  }

  #add(field: Field): void {
    const flags = field.flags;
    this.#count++;
    this.#bytes += field.size;
    if (this.#bytes > this.#limits.maxHeaderListBytes || this.#count > this.#limits.maxHeaderFields) return;
    if (flags & (VOLATILE | MALFORMED | PSEUDO)) {
      if (flags & MALFORMED) this.malformed = true;
      if (flags & VOLATILE) {
        this.#addVolatile(field);
        return;
      }
      if (this.#hasVolatileRegular()) this.malformed = true; // a pseudo-header after a regular field (RFC 9113 §8.3)
    }
    this.#node = this.#node.child(field);
  }

  #hasVolatileRegular(): boolean {
    return this.fields !== null && this.fields.length > (this.path === null ? 0 : 2);
  }

  #addVolatile(field: Field): void {
    if (field.flags & PSEUDO) {
      if (this.fields !== null || this.#node.hasRegular) this.malformed = true;
      this.path = field.value;
    }
    if (field.flags & CONTENT_LENGTH) {
      // Two of them are refused even when equal: a next hop might join them in another way.
      if (this.contentLength !== -1 || !/^\d{1,15}$/.test(field.value)) this.malformed = true;
      else this.contentLength = Number(field.value);
    }
    if (this.fields === null) this.fields = [field.name, field.value];
    else this.fields.push(field.name, field.value);
  }

  /** A literal field at `#at`; undefined when the bytes are wrong. */
  #literal(block: Buffer, prefix: number, sensitive: boolean): Field | undefined {
    const index = this.#integer(block, prefix);
    if (index < 0) return undefined;
    let named: Field | undefined;
    if (index === 0) named = this.#name(block);
    else named = index > STATIC_COUNT ? this.#table.get(index - STATIC_COUNT - 1) : STATIC_FIELDS[index];
    const value = this.#string(block);
    if (named === undefined || value === undefined) return undefined;
    const isStable = (named.flags & VOLATILE_NAME) === 0 || value === '';
    return isStable ? this.#field(named.name, value, sensitive) : volatileField(named, value);
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
    this.#forget();
    return field;
  }

  /** Somebody looks at more names since: they belong into lists again. */
  #settle(varying: VaryingNames): void {
    const { steadyNames } = this.#pool;
    this.#steadyGeneration = steadyNames.generation;
    const settled = varying.settle(name => steadyNames.has(name));
    if (settled.length === 0) return;
    this.#table.replace(field =>
      settled.includes(field.name) ? this.#pool.field(field.name, field.value, false) : field,
    );
  }

  #resize(block: Buffer): boolean {
    const bytes = this.#integer(block, 0x1f);
    if (bytes < 0 || bytes > DECODER_TABLE_BYTES) return false;
    this.#table.resize(bytes);
    this.#mutated = true;
    return true;
  }

  /** An integer (§5.1) whose prefix is masked by `mask`; -1 when it does not end or is beyond any use. */
  #integer(block: Buffer, mask: number): number {
    if (this.#at >= this.#end) return -1;
    let value = (block[this.#at++] as number) & mask;
    if (value < mask) return value;
    for (let shift = 0; shift <= 21; shift += 7) {
      if (this.#at >= this.#end) return -1;
      const byte = block[this.#at++] as number;
      value += (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return -1;
  }

  /** A name that is no entry of a table, with an empty value; undefined when the bytes are wrong. */
  #name(block: Buffer): Field | undefined {
    const before = this.#at;
    const isHuffman = before < this.#end && ((block[before] as number) & 0x80) !== 0;
    const length = this.#integer(block, 0x7f);
    const start = this.#at;
    const end = start + length;
    if (length < 0 || end > this.#end) return undefined;
    const known = this.#names.get(block, start, end, isHuffman);
    this.#at = known === undefined ? before : end;
    if (known !== undefined) return known;
    const name = this.#string(block);
    return name === undefined ? undefined : this.#names.set(block, start, end, isHuffman, name);
  }

  /** A string (§5.2) in latin1: bytes pass through unchanged. */
  #string(block: Buffer): string | undefined {
    const huffman = this.#at < this.#end && ((block[this.#at] as number) & 0x80) !== 0;
    const length = this.#integer(block, 0x7f);
    const start = this.#at;
    const end = start + length;
    if (length < 0 || end > this.#end) return undefined;
    this.#at = end;
    if (!huffman) return latin1(block, start, end);
    const bound = huffmanDecodedBound(length);
    const pool = this.#pool;
    const scratch = bound <= pool.scratch.length ? pool.scratch : Buffer.allocUnsafe(bound);
    const decoded = decodeHuffman(block, start, end, scratch);
    return decoded < 0 ? undefined : latin1(scratch, 0, decoded);
  }
}
