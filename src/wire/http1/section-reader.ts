// SPDX-License-Identifier: Apache-2.0

import { CR, LF } from './octets.ts';

/** The end of the last line, and the empty one. */
export const SECTION_END: Buffer = Buffer.from('\r\n\r\n', 'latin1');
const NOTHING = Buffer.alloc(0);
/** What the first part of a section that came in parts gets. */
const FIRST_PART_BYTES = 512;

/** `whole`: see `buffer`, `start`, `end`. `wrong`: a CR or LF stands alone. */
export type SectionState = 'partial' | 'whole' | 'too-large' | 'wrong';

/**
 * Finds the end of a head or a trailer section: the first empty line. One that comes whole, as nearly all do, is a view of
 * the input; parts of others are copied into a buffer that doubles. Each byte is looked at once.
 *
 * A line that ends with LF alone is found at once: its reader might see the end of the section where we see none.
 */
export class SectionReader {
  /** After `whole`: the section is `buffer[start, end)`, its empty line included. */
  buffer: Buffer = NOTHING;
  start = 0;
  end = 0;
  /** Where the input goes on after the section. */
  next = 0;
  /** Memory of a part whose rest is owed. */
  heldBytes = 0;
  #length = 0;
  #part: Buffer = NOTHING;

  /** A section was begun, and its end is owed. */
  get isPartial(): boolean {
    return this.#length > 0;
  }

  /** The part that is here. */
  get partial(): Buffer {
    return this.#part.subarray(0, this.#length);
  }

  /** The section begins with the end of the line before it, which was read already. */
  beginAfterLine(): void {
    this.#length = 0;
    this.#append(SECTION_END, 0, 2);
  }

  read(chunk: Buffer, at: number, to: number, maxBytes: number): SectionState {
    if (this.#length > 0) return this.#goOn(chunk, at, to, maxBytes);
    const length = chunk.subarray(at, to).indexOf(SECTION_END);
    const isWhole = length >= 0;
    if ((isWhole ? length + 4 : to - at) > maxBytes) return 'too-large';
    if (!isWhole) {
      this.#append(chunk, at, to);
      return this.#hasLoneBreak(0) ? 'wrong' : 'partial';
    }
    this.#finish(chunk, at, at + length + 4, at + length + 4);
    return 'whole';
  }

  #goOn(chunk: Buffer, at: number, to: number, maxBytes: number): SectionState {
    const before = this.#length;
    const taken = Math.min(to - at, maxBytes + 1 - before);
    this.#append(chunk, at, at + taken);
    const found = this.#part.subarray(0, this.#length).indexOf(SECTION_END, Math.max(0, before - 3));
    if (found >= 0) {
      const end = found + 4;
      if (end > maxBytes) return 'too-large';
      this.#finish(this.#part, 0, end, at + end - before);
      return 'whole';
    }
    if (this.#hasLoneBreak(before)) return 'wrong';
    return this.#length > maxBytes ? 'too-large' : 'partial';
  }

  #finish(buffer: Buffer, start: number, end: number, next: number): void {
    this.buffer = buffer;
    this.start = start;
    this.end = end;
    this.next = next;
    this.#length = 0;
    this.#part = NOTHING;
    this.heldBytes = 0;
  }

  /** Lets go of what was read. */
  forget(): void {
    this.buffer = NOTHING;
  }

  /** Lets go of all: nothing is read any more. */
  leave(): void {
    this.buffer = NOTHING;
    this.#part = NOTHING;
    this.heldBytes = 0;
    this.#length = 0;
  }

  #append(chunk: Buffer, at: number, to: number): void {
    const length = this.#length + to - at;
    if (length > this.#part.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(FIRST_PART_BYTES, length, this.#part.length * 2));
      this.#part.copy(grown, 0, 0, this.#length);
      this.#part = grown;
      this.heldBytes = grown.length;
    }
    chunk.copy(this.#part, this.#length, at, to);
    this.#length = length;
  }

  #hasLoneBreak(from: number): boolean {
    const part = this.#part;
    for (let at = from; at < this.#length; at++) {
      if (part[at] === LF && (at === 0 || part[at - 1] !== CR)) return true;
      if (part[at] !== LF && at > 0 && part[at - 1] === CR) return true;
    }
    return false;
  }
}
