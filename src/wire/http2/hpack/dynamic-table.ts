// SPDX-License-Identifier: Apache-2.0

import type { Field } from '../../head/field.ts';

const NO_SLOTS: (Field | undefined)[] = [];

/**
 * The decoder's dynamic table (RFC 7541 §2.3.2): a ring that grows from nothing to at most 128 slots (4 KiB / 32).
 * All operations are O(1), apart from evictions, each of which an insertion has paid for.
 */
export class DynamicTable {
  #ring: (Field | undefined)[] = NO_SLOTS;
  #mask = -1;
  /** Slot of the next insertion. */
  #next = 0;
  #count = 0;
  #bytes = 0;
  #maxBytes: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get count(): number {
    return this.#count;
  }

  /** `back` 0 is the newest entry; undefined when there is none so far back. */
  get(back: number): Field | undefined {
    return back < this.#count ? this.#ring[(this.#next - 1 - back) & this.#mask] : undefined;
  }

  /** Adds an entry, evicting the oldest; one that is larger than the table empties it (§4.4). */
  insert(field: Field): void {
    this.#evictTo(this.#maxBytes - field.size);
    if (field.size > this.#maxBytes) return;
    if (this.#count > this.#mask) this.#grow();
    this.#ring[this.#next] = field;
    this.#next = (this.#next + 1) & this.#mask;
    this.#count++;
    this.#bytes += field.size;
  }

  /** Puts what `change` makes of each entry in its place; the size must stay. O(entries). */
  replace(change: (field: Field) => Field): void {
    for (let slot = 0; slot < this.#ring.length; slot++) {
      const field = this.#ring[slot];
      if (field !== undefined) this.#ring[slot] = change(field);
    }
  }

  resize(maxBytes: number): void {
    this.#maxBytes = maxBytes;
    this.#evictTo(maxBytes);
  }

  #evictTo(bytes: number): void {
    while (this.#bytes > bytes && this.#count > 0) {
      const slot = (this.#next - this.#count) & this.#mask;
      this.#bytes -= this.#ring[slot]?.size ?? 0;
      this.#ring[slot] = undefined;
      this.#count--;
    }
  }

  #grow(): void {
    const size = Math.max(8, this.#ring.length * 2);
    const ring: (Field | undefined)[] = new Array(size).fill(undefined);
    for (let i = 0; i < this.#count; i++) ring[i] = this.get(this.#count - 1 - i);
    this.#ring = ring;
    this.#mask = size - 1;
    this.#next = this.#count;
  }
}
