// SPDX-License-Identifier: Apache-2.0

import type { HeaderList } from '../../head/header-list.ts';

/** A remembered block, beside its bytes and its list; */
const BLOCK_BYTES = 320;
/** and what the readers of a list keep with it, measured. */
const MEMO_BYTES = 2_048;

/** What it costs in memory, about, to remember a block of so many bytes: the pool may let go of its list. */
export function blockCost(bytes: number, list: HeaderList): number {
  return BLOCK_BYTES + MEMO_BYTES + bytes + list.bytes;
}
