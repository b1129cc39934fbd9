// SPDX-License-Identifier: Apache-2.0

import { type HeaderList, VOLATILE_NAMES, type VolatileFields } from '../../header-list.ts';
import { STATIC_COUNT, STATIC_NAMES } from './static-table.ts';

/** Our table, whatever more the peer offers: what a connection repeats fits in it. */
const MAX_TABLE_BYTES = 4096;
/** An entry may take a quarter of the table, so that one long token does not push everything else out. */
const MAX_ENTRY_BYTES = 1024;
/** Encoded lists remembered per connection, and the longest of them. */
const MAX_BLOCKS = 256;
const MAX_BLOCK_BYTES = 2048;
/** Bytes sent as literals for want of room before the table is emptied and filled anew with what is in use now. */
const STALE_BYTES = 131_072;
/** Never indexed by us: guessable by a neighbour on the same connection (RFC 7541 §7.1.3). */
const SECRET_NAMES: ReadonlySet<string> = new Set(['authorization', 'proxy-authorization', 'cookie', 'set-cookie']);

/**
 * HPACK encoder of one connection. The block of a list is remembered while the table is unchanged; the table only fills
 * (no eviction, hence no churn) and is emptied as a whole when too much misses it. Strings are written without Huffman
 * coding, which is legal and cheaper. Volatile fields are literals behind the remembered block.
 */
export class HpackEncoder {
  #entries: Map<string, number> | null = null;
  /** Insertions since the table was empty; an entry's index follows from its number. */
  #inserted = 0;
  #bytes = 0;
  #maxBytes = MAX_TABLE_BYTES;
  #missedBytes = 0;
  /** The peer must be told the size before the next field; `#emptied`: and that everything is gone. */
  #resized = false;
  #emptied = false;
  #blocks: Map<HeaderList, Buffer> | null = null;
  #lastList: HeaderList | null = null;
  #lastBlock: Buffer | null = null;

  /** The peer's SETTINGS_HEADER_TABLE_SIZE. */
  setPeerTableBytes(bytes: number): void {
    const maxBytes = Math.min(bytes, MAX_TABLE_BYTES);
    if (maxBytes === this.#maxBytes) return;
    this.#maxBytes = maxBytes;
    this.#empty();
  }

  /** The room that `encode` needs at most. */
  bound(list: HeaderList, fields: VolatileFields): number {
    let bytes = 16;
    if (list === this.#lastList && this.#lastBlock !== null) bytes += this.#lastBlock.length;
    else for (let i = 0; i < list.names.length; i++) bytes += textBytes(list.names[i]) + textBytes(list.values[i]) + 12;
    if (fields !== null) for (let i = 0; i < fields.length; i++) bytes += textBytes(fields[i]) + 6;
    return bytes;
  }

  /** Writes the block at `at`; returns its end. */
  encode(list: HeaderList, fields: VolatileFields, out: Buffer, at: number): number {
    let end = this.#resized ? this.#writeResize(out, at) : at;
    if (list === this.#lastList && this.#lastBlock !== null) end = copyBlock(this.#lastBlock, out, end);
    else end = this.#encodeList(list, out, end);
    if (fields === null) return end;
    for (let i = 0; i < fields.length; i += 2) end = writeLiteral(out, end, 0, fields[i] ?? '', fields[i + 1] ?? '');
    return end;
  }

  #encodeList(list: HeaderList, out: Buffer, at: number): number {
    const known = this.#blocks?.get(list);
    if (known !== undefined) {
      this.#lastList = list;
      this.#lastBlock = known;
      return copyBlock(known, out, at);
    }
    const inserted = this.#inserted;
    let end = at;
    for (let i = 0; i < list.names.length; i++) {
      end = this.#encodeField(list, list.names[i] ?? '', list.values[i] ?? '', out, end);
    }
    if (inserted === this.#inserted) this.#remember(list, out, at, end);
    else this.#forget();
    if (this.#missedBytes > STALE_BYTES && this.#inserted > 0) this.#empty();
    return end;
  }

  #encodeField(list: HeaderList, name: string, value: string, out: Buffer, at: number): number {
    const fixed = STATIC_NAMES.get(name);
    const index = fixed?.values.get(value);
    if (index !== undefined) return writeInteger(out, at, 0x80, 0x7f, index);
    if (list.sensitive?.includes(name)) return writeLiteral(out, at, 0x10, name, value);
    if (SECRET_NAMES.has(name)) return writeLiteral(out, at, 0x10, name, value);
    if (value !== '' && VOLATILE_NAMES.has(name)) return writeLiteral(out, at, 0, name, value);
    const key = `${name}\0${value}`;
    const number = this.#entries?.get(key);
    if (number !== undefined) return writeInteger(out, at, 0x80, 0x7f, STATIC_COUNT + this.#inserted - number);
    const size = name.length + value.length + 32;
    if (size > MAX_ENTRY_BYTES || this.#bytes + size > this.#maxBytes) {
      this.#missedBytes += size <= MAX_ENTRY_BYTES && this.#maxBytes > 0 ? size : 0;
      return writeLiteral(out, at, 0, name, value);
    }
    const end = writeLiteral(out, at, 0x40, name, value);
    this.#entries ??= new Map();
    this.#entries.set(key, this.#inserted++);
    this.#bytes += size;
    return end;
  }

  #remember(list: HeaderList, out: Buffer, start: number, end: number): void {
    if (end - start > MAX_BLOCK_BYTES) return;
    this.#blocks ??= new Map();
    if (this.#blocks.size >= MAX_BLOCKS) this.#blocks.clear();
    const block = Buffer.from(out.subarray(start, end));
    this.#blocks.set(list, block);
    this.#lastList = list;
    this.#lastBlock = block;
  }

  #forget(): void {
    this.#blocks = null;
    this.#lastList = null;
    this.#lastBlock = null;
  }

  #empty(): void {
    this.#forget();
    this.#entries = null;
    this.#inserted = 0;
    this.#bytes = 0;
    this.#missedBytes = 0;
    this.#resized = true;
    this.#emptied = true;
  }

  #writeResize(out: Buffer, at: number): number {
    this.#resized = false;
    let end = at;
    if (this.#emptied && this.#maxBytes > 0) end = writeInteger(out, end, 0x20, 0x1f, 0);
    this.#emptied = false;
    return writeInteger(out, end, 0x20, 0x1f, this.#maxBytes);
  }
}

function textBytes(text: string | undefined): number {
  return text === undefined ? 0 : text.length;
}

function copyBlock(block: Buffer, out: Buffer, at: number): number {
  const length = block.length;
  if (length > 48) out.set(block, at);
  else for (let i = 0; i < length; i++) out[at + i] = block[i] as number;
  return at + length;
}

/** A literal field whose kind is `pattern`: 0x40 indexed from now on, 0x00 not, 0x10 never (RFC 7541 §6.2). */
function writeLiteral(out: Buffer, at: number, pattern: number, name: string, value: string): number {
  const index = STATIC_NAMES.get(name)?.index ?? 0;
  const end = writeInteger(out, at, pattern, pattern === 0x40 ? 0x3f : 0x0f, index);
  return writeText(out, index === 0 ? writeText(out, end, name) : end, value);
}

function writeText(out: Buffer, at: number, text: string): number {
  const length = text.length;
  const start = writeInteger(out, at, 0, 0x7f, length);
  if (length > 24) out.write(text, start, 'latin1');
  else for (let i = 0; i < length; i++) out[start + i] = text.charCodeAt(i);
  return start + length;
}

function writeInteger(out: Buffer, at: number, pattern: number, mask: number, value: number): number {
  if (value < mask) {
    out[at] = pattern | value;
    return at + 1;
  }
  out[at] = pattern | mask;
  let rest = value - mask;
  let end = at + 1;
  while (rest > 0x7f) {
    out[end++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  out[end++] = rest;
  return end;
}
