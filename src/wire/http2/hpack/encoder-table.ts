// SPDX-License-Identifier: Apache-2.0

import type { HeaderList } from '../../head/header-list.ts';
import type { HeaderListPool } from '../../head/header-list-pool.ts';

/** What the steps and tables of a worker may cost in memory before all is begun anew, the lists that they keep alive included. */
const MAX_SHARED_BYTES = 8_388_608;
/** A step beside its block and its list; a table beside its entries; an entry beside its text. */
const STEP_BYTES = 256;
const TABLE_BYTES = 400;
const ENTRY_BYTES = 64;
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
    this.#tables.charge(TABLE_BYTES + (this.entries.size + added.size) * ENTRY_BYTES + bytes - this.bytes);
    return new EncoderTable(this.#tables, this.maxBytes, new Map([...this.entries, ...added]), bytes);
  }

  remember(list: HeaderList, step: EncoderStep): void {
    if (step.block.length > MAX_BLOCK_BYTES) return;
    this.#tables.charge(STEP_BYTES + step.block.length + list.bytes);
    if (this.#steps === null) {
      this.#steps = new Map();
      this.#tables.hasSteps(this);
    }
    if (this.#steps.size >= MAX_STEPS) this.#steps.clear();
    this.#steps.set(list, step);
  }

  /** Forgets its steps: a connection may hold the table long after. */
  forget(): void {
    this.#steps = null;
  }
}

/** The tables of one worker, by their way from the empty one. */
export class EncoderTables {
  readonly #maxBytes: number;
  readonly #empty = new Map<number, EncoderTable>();
  #stepped: EncoderTable[] = [];
  #bytes = 0;

  constructor(maxBytes: number = MAX_SHARED_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** Those of all connections whose lists are of one pool. */
  static of(lists: HeaderListPool): EncoderTables {
    const known = lists.encoders;
    if (known instanceof EncoderTables) return known;
    const tables = new EncoderTables();
    lists.encoders = tables;
    return tables;
  }

  /** The empty table of this size. */
  empty(maxBytes: number): EncoderTable {
    let table = this.#empty.get(maxBytes);
    if (table === undefined) {
      table = new EncoderTable(this, maxBytes, new Map(), 0);
      this.#empty.set(maxBytes, table);
      this.charge(TABLE_BYTES);
    }
    return table;
  }

  /** `bytes` more are held. Connections keep their table when all is begun anew, but no steps from it. */
  charge(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes <= this.#maxBytes) return;
    this.#bytes = 0;
    this.#empty.clear();
    for (const table of this.#stepped) table.forget();
    this.#stepped = [];
  }

  /** `table` has its first step. */
  hasSteps(table: EncoderTable): void {
    this.#stepped.push(table);
  }
}
