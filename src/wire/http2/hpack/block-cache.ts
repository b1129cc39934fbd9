// SPDX-License-Identifier: Apache-2.0

import type { HeaderList } from '../../head/header-list.ts';
import { ownCopy } from '../../output/own-copy.ts';
import { blockCost } from './block-cost.ts';
import { isSame } from './same-bytes.ts';

/** Blocks remembered per connection, the longest of them, and what they cost: none for a peer that indexes its fields. */
const MAX_BLOCKS = 32;
const MAX_BLOCK_BYTES = 384;
const MAX_BYTES = 65_536;
/** After so many misses in a row the cache is not worth its look-ups. */
const MAX_MISSES = 64;

/** What a block says. */
export interface DecodedBlock {
  readonly list: HeaderList;
  /** At most a content-length: other volatile fields would fill the cache with blocks that never come again. */
  readonly fields: string[] | null;
  /** -1: none. */
  readonly contentLength: number;
}

interface RememberedBlock {
  readonly bytes: Buffer;
  readonly decoded: DecodedBlock;
}

/**
 * Same bytes + unchanged dynamic table = same list. For peers that send literals without indexing, block after block;
 * blocks of indexed fields alone are `RecentBlocks`'. Dropped by its owner when the table changes.
 */
export class BlockCache {
  readonly #blocks = new Map<string, RememberedBlock>();
  /** Memory that they take, about. */
  cost = 0;
  #misses = 0;
  /** The block found last, so that a run of equal ones needs no key. */
  #last: RememberedBlock | undefined;

  get(block: Buffer, start: number, end: number): DecodedBlock | undefined {
    const last = this.#last;
    if (last !== undefined && isSame(last.bytes, block, start, end)) return last.decoded;
    if (this.#misses >= MAX_MISSES || end - start > MAX_BLOCK_BYTES) return undefined;
    const known = this.#blocks.get(block.toString('latin1', start, end));
    this.#misses = known === undefined ? this.#misses + 1 : 0;
    if (known !== undefined) this.#last = known;
    return known?.decoded;
  }

  set(block: Buffer, start: number, end: number, decoded: DecodedBlock): void {
    if (this.#misses >= MAX_MISSES || end - start > MAX_BLOCK_BYTES || this.#blocks.size >= MAX_BLOCKS) return;
    // With its key.
    const cost = blockCost(2 * (end - start), decoded.list);
    if (this.cost + cost > MAX_BYTES) return;
    this.cost += cost;
    const bytes = ownCopy(block, start, end);
    this.#blocks.set(bytes.toString('latin1'), { bytes, decoded });
  }
}
