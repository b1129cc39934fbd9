// SPDX-License-Identifier: Apache-2.0

import type { HeaderList } from '../../header-list.ts';

/** Blocks remembered per connection, and the longest of them: at most 12 KiB, and none for a peer that indexes its fields. */
const MAX_BLOCKS = 32;
const MAX_BLOCK_BYTES = 384;
/** After so many misses in a row the cache is not worth its look-ups. */
const MAX_MISSES = 64;

/**
 * Same bytes + unchanged dynamic table = same list. For peers that send literals without indexing, block after block;
 * fully indexed blocks are faster through the trie. Dropped by its owner when the table changes.
 */
export class BlockCache {
  readonly #lists = new Map<string, HeaderList>();
  #misses = 0;

  get(block: Buffer, start: number, end: number): HeaderList | undefined {
    if (this.#misses >= MAX_MISSES || end - start > MAX_BLOCK_BYTES) return undefined;
    const list = this.#lists.get(block.toString('latin1', start, end));
    this.#misses = list === undefined ? this.#misses + 1 : 0;
    return list;
  }

  set(block: Buffer, start: number, end: number, list: HeaderList): void {
    if (this.#misses >= MAX_MISSES || end - start > MAX_BLOCK_BYTES || this.#lists.size >= MAX_BLOCKS) return;
    this.#lists.set(block.toString('latin1', start, end), list);
  }
}
