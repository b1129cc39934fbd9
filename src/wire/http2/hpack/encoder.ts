// SPDX-License-Identifier: Apache-2.0

import type { HeaderList } from '../../head/header-list.ts';
import { writeLatin1 } from '../../head/latin1.ts';
import { STATIC_COUNT, STATIC_NAMES } from '../../head/static-fields.ts';
import { pathIn, VOLATILE_NAMES, type VolatileFields } from '../../head/volatile-fields.ts';
import { ownCopy } from '../../output/own-copy.ts';
import type { EncoderTable, EncoderTables } from './encoder-table.ts';

/** Our table, whatever more the peer offers: what a connection repeats fits in it. */
const MAX_TABLE_BYTES = 4096;
/** An entry may take a quarter of the table, so that one long token does not push everything else out. */
const MAX_ENTRY_BYTES = 1024;
/** Bytes sent as literals for want of room before the table is emptied and filled anew with what is in use now. */
const STALE_BYTES = 131_072;
/** Blocks and volatile fields longer than this are not remembered by a connection: thousands of idle ones would keep them. */
const MAX_LAST_BYTES = 8_192;
/** Never indexed by us: guessable by a neighbour on the same connection (RFC 7541 §7.1.3). */
const SECRET_NAMES: ReadonlySet<string> = new Set(['authorization', 'proxy-authorization', 'cookie', 'set-cookie']);

/** `:path` in the static table. */
const PATH_INDEX = STATIC_NAMES.get(':path')?.index ?? 0;

/** The pattern of a literal that no hop may index (RFC 7541 §6.2.3). */
const NEVER_INDEXED = 0x10;

/** What one encoding adds to a table. */
interface Growth {
  added: Map<string, number> | null;
  bytes: number;
  missedBytes: number;
}

/**
 * HPACK encoder of one connection. The block of a list is remembered with the table it was made from, for all connections
 * of the worker (see `EncoderTable`). The table only fills (no eviction, hence no churn) and is emptied as a whole when too
 * much misses it. Strings are written without Huffman coding, which is legal and cheaper. Volatile fields are literals
 * behind the remembered block, never indexed: so those that came as such stay such (RFC 7541 §6.2.3), and for the rest
 * it costs nothing, since nobody gains by indexing what differs each time.
 */
export class HpackEncoder {
  readonly #tables: EncoderTables;
  #table: EncoderTable;
  #missedBytes = 0;
  /** The peer must be told that everything is gone, and the size, before the next field. */
  #isResized = false;
  /** The list encoded last, when it left the table as it was. */
  #lastList: HeaderList | null = null;
  #lastBlock: Buffer | null = null;
  /** The volatile fields encoded last, and their bytes from the second time on: small values are prepared and shared. */
  #lastFields: VolatileFields = null;
  #lastFieldsBlock: Buffer | null = null;

  constructor(tables: EncoderTables) {
    this.#tables = tables;
    this.#table = tables.empty(MAX_TABLE_BYTES);
  }

  /** The peer's SETTINGS_HEADER_TABLE_SIZE. */
  setPeerTableBytes(bytes: number): void {
    const maxBytes = Math.min(bytes, MAX_TABLE_BYTES);
    if (maxBytes !== this.#table.maxBytes) this.#empty(maxBytes);
  }

  /** Gives back what is only kept to be quick. */
  rest(): void {
    this.#lastList = null;
    this.#lastBlock = null;
    this.#lastFields = null;
    this.#lastFieldsBlock = null;
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
    let end = this.#isResized ? this.#writeResize(out, at) : at;
    const path = pathIn(fields);
    // Pseudo-header fields come first (RFC 9113 §8.3), in any order.
    if (path !== null) {
      out[end] = NEVER_INDEXED | PATH_INDEX;
      end = writeText(out, end + 1, path);
    }
    if (list === this.#lastList && this.#lastBlock !== null) end = copyBlock(this.#lastBlock, out, end);
    else end = this.#encodeList(list, out, end);
    if (this.#missedBytes > STALE_BYTES) this.#empty(this.#table.maxBytes);
    const from = path === null ? 0 : 2;
    return fields === null || fields.length === from ? end : this.#encodeVolatile(fields, from, out, end);
  }

  /** Literals with names of the static table or none: their bytes do not depend on the dynamic one. */
  #encodeVolatile(fields: readonly string[], from: number, out: Buffer, at: number): number {
    const isKnown = fields === this.#lastFields;
    if (isKnown && this.#lastFieldsBlock !== null) return copyBlock(this.#lastFieldsBlock, out, at);
    let end = at;
    for (let i = from; i < fields.length; i += 2)
      end = writeLiteral(out, end, NEVER_INDEXED, fields[i] ?? '', fields[i + 1] ?? '');
    this.#lastFields = end - at > MAX_LAST_BYTES ? null : fields;
    this.#lastFieldsBlock = isKnown ? ownCopy(out, at, end) : null;
    return end;
  }

  #encodeList(list: HeaderList, out: Buffer, at: number): number {
    const table = this.#table;
    let step = table.step(list);
    let end: number;
    if (step === undefined) {
      const growth: Growth = { added: null, bytes: table.bytes, missedBytes: 0 };
      end = encodeFields(table, list, growth, out, at);
      const next = growth.added === null ? table : table.extended(growth.added, growth.bytes);
      step = { block: ownCopy(out, at, end), next, missedBytes: growth.missedBytes };
      table.remember(list, step);
    } else end = copyBlock(step.block, out, at);
    this.#missedBytes += step.missedBytes;
    this.#table = step.next;
    // A list with misses comes here each time, for them to be counted.
    const isSettled = step.next === table && step.missedBytes === 0 && step.block.length <= MAX_LAST_BYTES;
    this.#lastList = isSettled ? list : null;
    this.#lastBlock = isSettled ? step.block : null;
    return end;
  }

  #empty(maxBytes: number): void {
    this.#table = this.#tables.empty(maxBytes);
    this.#missedBytes = 0;
    this.#lastList = null;
    this.#lastBlock = null;
    this.#isResized = true;
  }

  #writeResize(out: Buffer, at: number): number {
    this.#isResized = false;
    const { maxBytes } = this.#table;
    const end = maxBytes > 0 ? writeInteger(out, at, 0x20, 0x1f, 0) : at;
    return writeInteger(out, end, 0x20, 0x1f, maxBytes);
  }
}

function encodeFields(table: EncoderTable, list: HeaderList, growth: Growth, out: Buffer, at: number): number {
  let end = at;
  for (let i = 0; i < list.names.length; i++) {
    const name = list.names[i] ?? '';
    const value = list.values[i] ?? '';
    const index = list.sensitive?.includes(name) === true ? undefined : STATIC_NAMES.get(name)?.values.get(value);
    end =
      index === undefined
        ? encodeField(table, list, name, value, growth, out, end)
        : writeInteger(out, end, 0x80, 0x7f, index);
  }
  return end;
}

function encodeField(
  table: EncoderTable,
  list: HeaderList,
  name: string,
  value: string,
  growth: Growth,
  out: Buffer,
  at: number,
): number {
  if (SECRET_NAMES.has(name) || list.sensitive?.includes(name))
    return writeLiteral(out, at, NEVER_INDEXED, name, value);
  if (value !== '' && VOLATILE_NAMES.has(name)) return writeLiteral(out, at, NEVER_INDEXED, name, value);
  const key = `${name}\0${value}`;
  const inserted = table.entries.size + (growth.added?.size ?? 0);
  const number = table.entries.get(key) ?? growth.added?.get(key);
  if (number !== undefined) return writeInteger(out, at, 0x80, 0x7f, STATIC_COUNT + inserted - number);
  const size = name.length + value.length + 32;
  if (size > MAX_ENTRY_BYTES || table.maxBytes === 0) return writeLiteral(out, at, 0, name, value);
  if (growth.bytes + size > table.maxBytes) {
    growth.missedBytes += size;
    return writeLiteral(out, at, 0, name, value);
  }
  growth.added ??= new Map();
  growth.added.set(key, inserted);
  growth.bytes += size;
  return writeLiteral(out, at, 0x40, name, value);
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
  writeLatin1(out, start, text);
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
