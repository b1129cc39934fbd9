// SPDX-License-Identifier: Apache-2.0

/** Streams remembered: what can be reset at once and still have frames under way. */
const SLOTS = 128;

/**
 * Ids of the streams that we reset last. Frames which the peer sent before it knew are ignored (RFC 9113 §5.1); frames on
 * other closed streams are errors. Nothing is allocated before the first reset; 512 bytes then.
 */
export class ResetMemory {
  #ids: Int32Array | null = null;
  #next = 0;
  /** More were reset than are remembered: an unknown closed stream may be one of them. */
  hasForgotten = false;

  add(id: number): void {
    this.#ids ??= new Int32Array(SLOTS);
    if (this.#ids[this.#next] !== 0) this.hasForgotten = true;
    this.#ids[this.#next] = id;
    this.#next = (this.#next + 1) % SLOTS;
  }

  has(id: number): boolean {
    return this.#ids?.includes(id) === true;
  }
}
