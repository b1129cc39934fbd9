// SPDX-License-Identifier: Apache-2.0

import type { HeaderList } from '../../head/header-list.ts';
import { blockCost } from './block-cost.ts';
import { isSame } from './same-bytes.ts';

/** The longest block that is remembered: one of indexed fields has a byte or two for each. */
const MAX_BLOCK_BYTES = 64;
/** So many others come before one takes the place of another: where each differs, nearly none is remembered. */
const PATIENCE = 8;

interface RecentBlock {
  readonly bytes: Uint8Array;
  readonly list: HeaderList;
}

function costOf(block: RecentBlock | null): number {
  return block === null ? 0 : blockCost(block.bytes.length, block.list);
}

/**
 * Two blocks of indexed fields that one connection brought lately: the heads of its requests, or the heads and the trailers of its answers. While the
 * tables are as they are, the same bytes are the same list. Per block: one comparison, mostly of all its bytes or of one.
 */
export class RecentBlocks {
  #one: RecentBlock | null = null;
  #other: RecentBlock | null = null;
  #sinceLast = PATIENCE;

  /** Memory that they take, about. */
  cost = 0;
  /** null: not known. */
  find(block: Buffer, start: number, end: number): HeaderList | null {
    const one = this.#one;
    if (one !== null && isSame(one.bytes, block, start, end)) return one.list;
    const other = this.#other;
    return other !== null && isSame(other.bytes, block, start, end) ? other.list : null;
  }

  /** A block that was not known, and what it says. */
  note(block: Buffer, start: number, end: number, list: HeaderList): void {
    if (end - start > MAX_BLOCK_BYTES) return;
    const isEarly = ++this.#sinceLast <= PATIENCE;
    if (isEarly && this.#other !== null) return;
    this.#sinceLast = 0;
    this.#other = this.#one;
    this.#one = { bytes: Uint8Array.from(block.subarray(start, end)), list };
    this.cost = costOf(this.#one) + costOf(this.#other);
  }

  /** The tables are not as they were. */
  forget(): void {
    this.#one = null;
    this.#other = null;
    this.cost = 0;
  }
}
