// SPDX-License-Identifier: Apache-2.0

/** What a body that waits is copied into: as much as a frame usually carries. */
export const COPY_PAGE_BYTES = 16_384;
/**
 * Pages are cut from mappings of this size (see docs/decisions/0026-memory-goes-back-to-the-system.md), which go back to the system
 * when none of their pages is in use. Smaller allocations would stay with the allocator after a burst.
 */
const MAPPING_BYTES = 65_536;
/** Kept for reuse at most, and after a quiet while. */
const MAX_FREE = 1024;
const MIN_FREE = 16;

/** Pages for copies of bodies, used again when their last byte is taken. One per worker. O(1). */
export class CopyPages {
  readonly #free: Buffer[] = [];

  take(): Buffer {
    const page = this.#free.pop();
    if (page !== undefined) return page;
    const mapping = Buffer.allocUnsafeSlow(MAPPING_BYTES);
    for (let at = COPY_PAGE_BYTES; at < MAPPING_BYTES; at += COPY_PAGE_BYTES) {
      this.#free.push(mapping.subarray(at, at + COPY_PAGE_BYTES));
    }
    return mapping.subarray(0, COPY_PAGE_BYTES);
  }

  /** `page` came from `take`, and nobody has a view of it any more. */
  give(page: Buffer): void {
    if (this.#free.length < MAX_FREE) this.#free.push(page);
  }

  /** Lets go of what a burst left. */
  trim(): void {
    if (this.#free.length > MIN_FREE) this.#free.length = MIN_FREE;
  }
}
