// SPDX-License-Identifier: Apache-2.0

import { isFieldValue } from '../../head/field.ts';
import type { HeaderList } from '../../head/header-list.ts';
import { blockCost } from './block-cost.ts';
import type { BlockReader } from './block-reader.ts';
import { isAt, isSame } from './same-bytes.ts';

/** Shapes that one connection remembers. */
const MAX_SHAPES = 8;
/** The longest in bytes, and the one with the most values: without them a block is short. */
const MAX_SHAPE_BYTES = 384;
const MAX_HOLES = 8;
/** What a run costs, with the bytes that it has on the average. */
const RUN_BYTES = 200;
/** The largest list. A table's entry takes one byte of a block, and each list, with what its readers keep with it, stays when the pool lets go of it. */
const MAX_LIST_BYTES = 8_192;
/** So many blocks of other shapes come before the shape of one takes the place of another, */
const PATIENCE = 16;
/** and after so many in a row shapes are not worth a look. */
const MAX_MISSES = 256;

/** What a block says that was read field by field. */
export interface ReadBlock {
  readonly list: HeaderList;
  /** The fields that stand in `reader.holes`, with names. */
  readonly fields: readonly string[];
  /** The sizes of all its fields (RFC 7541 §4.1). */
  readonly bytes: number;
}

/**
 * Bytes that several blocks have in common, around values that differ: a token, a path.
 *
 *     run             value   run            value   run
 *     83 86 bf 1f 08  …       be c0 0f 04    …       c1
 */
interface BlockShape {
  /** The fields apart from those whose values differ. */
  readonly list: HeaderList;
  /** The sizes of all fields, without the values that differ. */
  readonly bytes: number;
  /** One more than there are values. */
  readonly runs: readonly Uint8Array[];
  /** Of the fields whose values differ. */
  readonly names: readonly string[];
}

/**
 * The shapes of one connection's blocks. While the dynamic table is as it is, the same bytes say the same, whatever values stand between
 * them; its owner drops this when the table changes. Per block: a comparison of the bytes that do not differ, and the values.
 */
export class BlockShapes {
  /** Of the block that `read` knew last: the sizes of all its fields (RFC 7541 §4.1). */
  bytes = 0;
  /** Memory that they take, about. */
  cost = 0;
  readonly #shapes: BlockShape[] = [];
  /** The one that was found last, and so is mostly found next. */
  #last: BlockShape | null = null;
  #misses = 0;

  /** The list of the block that `read` knew last. */
  get list(): HeaderList | null {
    return this.#last === null ? null : this.#last.list;
  }

  /** The fields of the block in `reader` whose values differ: name, value, …; null: it has no known shape. */
  read(reader: BlockReader): string[] | null {
    if (this.#last === null || this.#misses > MAX_MISSES) return null;
    const fields = this.#readValues(this.#last, reader) ?? this.#readOther(reader);
    this.#misses = fields === null ? this.#misses + 1 : 0;
    return fields;
  }

  #readOther(reader: BlockReader): string[] | null {
    for (const shape of this.#shapes) {
      const fields = shape !== this.#last && stands(shape, reader) ? this.#readValues(shape, reader) : null;
      if (fields === null) continue;
      this.#last = shape;
      return fields;
    }
    return null;
  }

  /** Of a block of this shape. An empty value is none, for it may belong into the list, nor is one that breaks RFC 9113 §8.2.1. */
  #readValues({ runs, names, bytes }: BlockShape, reader: BlockReader): string[] | null {
    const { block, start } = reader;
    const first = runs[0] as Uint8Array;
    const last = runs[names.length] as Uint8Array;
    const tail = reader.end - last.length;
    if (start + first.length >= tail || !isAt(last, block, tail) || !isAt(first, block, start)) return null;
    reader.at = start + first.length;
    const value = reader.text();
    if (value === undefined || value === '' || !isFieldValue(value)) return null;
    const fields = [names[0] as string, value];
    this.bytes = bytes + value.length;
    for (let hole = 1; hole < names.length; hole++) {
      const run = runs[hole] as Uint8Array;
      if (!isAt(run, block, reader.at)) return null;
      reader.at += run.length;
      const next = reader.text();
      if (next === undefined || next === '' || !isFieldValue(next)) return null;
      fields.push(names[hole] as string, next);
      this.bytes += next.length;
    }
    return reader.at === tail ? fields : null;
  }

  /** The block in `reader`, whose shape was not known, is to be known by what stands around `reader.holes`. */
  note(reader: BlockReader, { list, fields, bytes }: ReadBlock): void {
    const isFull = this.#shapes.length >= MAX_SHAPES;
    if (fields.length > 2 * MAX_HOLES || (isFull && this.#misses % PATIENCE !== 0)) return;
    if (list.bytes > MAX_LIST_BYTES) return;
    const runs = runsIn(reader);
    if (runs.reduce((bytes, run) => bytes + run.length, 0) > MAX_SHAPE_BYTES) return;
    if (isFull) this.cost -= costOf(this.#shapes.shift());
    const names = fields.filter((_, at) => at % 2 === 0);
    const ofValues = fields.reduce((sum, text, at) => (at % 2 === 0 ? sum : sum + text.length), 0);
    this.#last = { runs, names, list, bytes: bytes - ofValues };
    this.#shapes.push(this.#last);
    this.cost += costOf(this.#last);
  }
}

function costOf(shape: BlockShape | undefined): number {
  return shape === undefined ? 0 : blockCost(shape.runs.length * RUN_BYTES, shape.list);
}

function runsIn({ block, start, end, holes }: BlockReader): Uint8Array[] {
  const bounds = [start, ...holes, end];
  const runs: Uint8Array[] = [];
  for (let at = 0; at < bounds.length; at += 2) runs.push(Uint8Array.from(block.subarray(bounds[at], bounds[at + 1])));
  return runs;
}

/** Whether values stand between the bytes of the shape: a long one is not read again for each shape that is tried. */
function stands({ runs, names }: BlockShape, reader: BlockReader): boolean {
  reader.rewind();
  for (let hole = 0; hole < names.length; hole++) {
    const run = runs[hole] as Uint8Array;
    if (!isAt(run, reader.block, reader.at)) return false;
    reader.at += run.length;
    if (!reader.skip()) return false;
  }
  return isSame(runs[names.length] as Uint8Array, reader.block, reader.at, reader.end);
}
