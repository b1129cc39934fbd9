// SPDX-License-Identifier: Apache-2.0

const NOTHING = Buffer.alloc(0);
const LEAST_BYTES = 1_024;

/**
 * Input that came before its time: requests that wait for the answer to the one before. Bytes only; each is copied once, and
 * once more when the buffer doubles.
 */
export class HeldInput {
  /** Memory that it takes. */
  heldBytes = 0;
  #buffer: Buffer = NOTHING;
  #start = 0;
  #end = 0;

  get bytes(): number {
    return this.#end - this.#start;
  }

  append(chunk: Buffer, at: number, to: number): void {
    const more = to - at;
    if (this.#end + more > this.#buffer.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(LEAST_BYTES, (this.bytes + more) * 2));
      this.#buffer.copy(grown, 0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
      this.#buffer = grown;
      this.heldBytes = grown.length;
    }
    chunk.copy(this.#buffer, this.#end, at, to);
    this.#end += more;
  }

  /** All that is held. `taken` follows. */
  view(): Buffer {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** `bytes` of the view were read. */
  taken(bytes: number): void {
    this.#start += bytes;
    if (this.#start >= this.#end) this.clear();
  }

  clear(): void {
    this.#buffer = NOTHING;
    this.heldBytes = 0;
    this.#start = 0;
    this.#end = 0;
  }
}
