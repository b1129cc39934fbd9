// SPDX-License-Identifier: Apache-2.0

import type { HeaderList } from '../../header-list.ts';

/** Steps and tables that a worker's connections share before all is begun anew. A step is some 200 bytes. */
const MAX_SHARED = 16_384;
/** Steps from one table, and the longest block of one. */
const MAX_STEPS = 256;
const MAX_BLOCK_BYTES = 2048;

/** Encoding one list from one table: these bytes, and the table afterwards. */
export interface EncoderStep {
  readonly block: Buffer;
  /** The same table when nothing was inserted. */
  readonly next: EncoderTable;
  /** What found no room in the table. */
  readonly missedBytes: number;
}

/**
 * One state of an encoder's dynamic table, immutable and shared: connections that insert the same fields in the same order
 * are in the same state, so a list is encoded once for all of them, and a connection holds a pointer instead of a table.
 *
 *     empty ──RESPONSE──► {content-type} ──TRAILERS──► {content-type, grpc-status} ──RESPONSE──┐
 *                                                          ▲──────────────────────────────────┘
 */
export class EncoderTable {
  readonly maxBytes: number;
  /** `name\0value` → how many entries came before it. Nothing is ever evicted. */
  readonly entries: ReadonlyMap<string, number>;
  readonly bytes: number;
  readonly #tables: EncoderTables;
  #steps: Map<HeaderList, EncoderStep> | null = null;

  constructor(tables: EncoderTables, maxBytes: number, entries: ReadonlyMap<string, number>, bytes: number) {
    this.#tables = tables;
    this.maxBytes = maxBytes;
    this.entries = entries;
    this.bytes = bytes;
  }

  step(list: HeaderList): EncoderStep | undefined {
    return this.#steps?.get(list);
  }

  /** The table with `added` behind its entries. */
  extended(added: ReadonlyMap<string, number>, bytes: number): EncoderTable {
    return new EncoderTable(this.#tables, this.maxBytes, new Map([...this.entries, ...added]), bytes);
  }

  remember(list: HeaderList, step: EncoderStep): void {
    if (step.block.length > MAX_BLOCK_BYTES) return;
    this.#steps ??= new Map();
    if (this.#steps.size >= MAX_STEPS) this.#steps.clear();
    this.#steps.set(list, step);
    this.#tables.count();
  }
}

/** The tables of one worker, by their way from the empty one. */
export class EncoderTables {
  readonly #empty = new Map<number, EncoderTable>();
  #shared = 0;

  /** The empty table of this size. */
  empty(maxBytes: number): EncoderTable {
    let table = this.#empty.get(maxBytes);
    if (table === undefined) {
      table = new EncoderTable(this, maxBytes, new Map(), 0);
      this.#empty.set(maxBytes, table);
      this.count();
    }
    return table;
  }

  /** One more step or table is held; connections keep what they have when all is begun anew. */
  count(): void {
    this.#shared++;
    if (this.#shared <= MAX_SHARED) return;
    this.#shared = 0;
    this.#empty.clear();
  }
}
