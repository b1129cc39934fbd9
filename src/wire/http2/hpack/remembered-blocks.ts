// SPDX-License-Identifier: Apache-2.0

import type { HeaderList } from '../../head/header-list.ts';
import { BlockCache } from './block-cache.ts';
import type { BlockReader } from './block-reader.ts';
import { BlockShapes } from './block-shapes.ts';
import { RecentBlocks } from './recent-blocks.ts';

/** What a block says that was read field by field. */
export interface DecodedFields {
  readonly list: HeaderList;
  /** The fields beside the list. */
  readonly fields: string[] | null;
  /** -1: none. */
  readonly contentLength: number;
  /** The sizes of all fields (RFC 7541 §4.1). */
  readonly bytes: number;
  /** One is a literal that the table does not take up. */
  readonly hasLiterals: boolean;
}

/** Blocks of one connection that need not be read again while its dynamic table is as it is. */
export class RememberedBlocks {
  readonly recent: RecentBlocks = new RecentBlocks();
  /** null: none of the kind came yet. */
  cache: BlockCache | null = null;
  shapes: BlockShapes | null = null;

  /** Memory that they take, about, with what readers keep with their lists. */
  get cost(): number {
    return this.recent.cost + (this.cache?.cost ?? 0) + (this.shapes?.cost ?? 0);
  }

  /** The block in `reader`, which is sound and left the table as it was. */
  note(reader: BlockReader, { list, fields, contentLength, bytes, hasLiterals }: DecodedFields): void {
    const { block, start, end } = reader;
    if (!hasLiterals) {
      if (fields === null) this.recent.note(block, start, end, list);
      return;
    }
    const isLengthOnly = fields !== null && fields.length === 2 && contentLength >= 0;
    if (fields === null || isLengthOnly) {
      this.cache ??= new BlockCache();
      this.cache.set(block, start, end, { list, fields, contentLength });
    } else if (contentLength < 0 && reader.holes.length === fields.length) {
      this.shapes ??= new BlockShapes();
      this.shapes.note(reader, { list, fields, bytes });
    }
  }

  /** The table says something else than before, or memory is to be given back. */
  forget(): void {
    this.recent.forget();
    this.cache = null;
    this.shapes = null;
  }
}
