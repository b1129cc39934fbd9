// SPDX-License-Identifier: Apache-2.0

import type { Field } from '../../head/field.ts';
import type { HeaderListPool } from '../../head/header-list-pool.ts';
import { latin1 } from '../../head/latin1.ts';
import { decodeHuffman, huffmanDecodedBound } from './huffman.ts';
import { LiteralNames } from './literal-names.ts';

const NO_BLOCK = Buffer.alloc(0);

/**
 * Reads what header blocks are made of (RFC 7541 §5): one for all connections of a worker, for a block is read to its end before another begins.
 * Where bytes are wrong it says so in its result, and `at` means nothing any more.
 */
export class BlockReader {
  block: Buffer = NO_BLOCK;
  /** Where the block begins and ends, and what is read next. */
  start = 0;
  end = 0;
  at = 0;
  /** Where the block has values that may differ from block to block, lengths included: from, to, from, to, … Noted by who reads it. */
  readonly holes: number[] = [];
  readonly #pool: HeaderListPool;
  readonly #names = new LiteralNames();

  private constructor(pool: HeaderListPool) {
    this.#pool = pool;
  }

  /** That of all connections whose lists are of one pool. */
  static of(lists: HeaderListPool): BlockReader {
    const known = lists.decoders;
    if (known instanceof BlockReader) return known;
    const reader = new BlockReader(lists);
    lists.decoders = reader;
    return reader;
  }

  begin(block: Buffer, start: number, end: number): void {
    this.block = block;
    this.start = start;
    this.end = end;
    this.rewind();
  }

  /** To the beginning of the block. */
  rewind(): void {
    this.at = this.start;
    // A length is set in native code: not for nothing.
    if (this.holes.length > 0) this.holes.length = 0;
  }

  /** An integer (§5.1) whose prefix is masked by `mask`; -1 when it does not end or is beyond any use. */
  integer(mask: number): number {
    const { block, end } = this;
    if (this.at >= end) return -1;
    let value = (block[this.at++] as number) & mask;
    if (value < mask) return value;
    for (let shift = 0; shift <= 21; shift += 7) {
      if (this.at >= end) return -1;
      const byte = block[this.at++] as number;
      value += (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return -1;
  }

  /** A name that is no entry of a table, with an empty value; undefined when the bytes are wrong. */
  name(): Field | undefined {
    const { block } = this;
    const before = this.at;
    const isHuffman = this.#isHuffman();
    const length = this.integer(0x7f);
    const start = this.at;
    const end = start + length;
    if (length < 0 || end > this.end) return undefined;
    const known = this.#names.get(block, start, end, isHuffman);
    this.at = known === undefined ? before : end;
    if (known !== undefined) return known;
    const name = this.text();
    return name === undefined ? undefined : this.#names.set(block, start, end, isHuffman, name);
  }

  /** A string (§5.2) in latin1: bytes pass through unchanged. Undefined when they are wrong. */
  text(): string | undefined {
    const { block } = this;
    const isHuffman = this.#isHuffman();
    const length = this.integer(0x7f);
    const start = this.at;
    const end = start + length;
    if (length < 0 || end > this.end) return undefined;
    this.at = end;
    if (!isHuffman) return latin1(block, start, end);
    const bound = huffmanDecodedBound(length);
    const pool = this.#pool;
    const scratch = bound <= pool.scratch.length ? pool.scratch : Buffer.allocUnsafe(bound);
    const decoded = decodeHuffman(block, start, end, scratch);
    return decoded < 0 ? undefined : latin1(scratch, 0, decoded);
  }

  /** Over a string, unread; false when it does not end. */
  skip(): boolean {
    const length = this.integer(0x7f);
    this.at += length;
    return length >= 0 && this.at <= this.end;
  }

  /** Of the string that comes next. */
  #isHuffman(): boolean {
    return this.at < this.end && ((this.block[this.at] as number) & 0x80) !== 0;
  }
}
