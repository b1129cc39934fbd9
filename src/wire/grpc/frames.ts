// SPDX-License-Identifier: Apache-2.0

const PREFIX_BYTES = 5;

/**
 * Counts the messages of one direction of a call from its DATA, in whatever slices it comes. Reads the length prefixes
 * only (flag, 32-bit length); allocates nothing.
 */
export class MessageCounter {
  /** Messages that have begun. */
  messages = 0;
  /** Of the message under way: bytes of its prefix seen, its length so far, bytes of its body still to come. */
  #prefixBytes = 0;
  #length = 0;
  #bodyLeft = 0;

  /** Whether the stream stands between two messages: an end anywhere else cuts one short. */
  get isWhole(): boolean {
    return this.#prefixBytes === 0 && this.#bodyLeft === 0;
  }

  /** Takes the next bytes. O(messages), not O(bytes). Returns the length of the longest message whose length is known now; 0: of none. */
  feed(chunk: Uint8Array, start: number, end: number): number {
    let at = start;
    let longest = 0;
    while (at < end) {
      if (this.#bodyLeft > 0) {
        const skipped = Math.min(this.#bodyLeft, end - at);
        this.#bodyLeft -= skipped;
        at += skipped;
        continue;
      }
      if (this.#prefixBytes++ === 0) this.messages++;
      // The flag byte is shifted out by the four that follow.
      this.#length = ((this.#length << 8) | (chunk[at++] as number)) >>> 0;
      if (this.#prefixBytes < PREFIX_BYTES) continue;
      this.#bodyLeft = this.#length;
      if (this.#length > longest) longest = this.#length;
      this.#prefixBytes = 0;
      this.#length = 0;
    }
    return longest;
  }
}
