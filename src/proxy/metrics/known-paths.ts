// SPDX-License-Identifier: Apache-2.0

/** A power of two: some six times as many as one Gateway may have paths, in 4 KiB. */
const MARKS = 32_768;
/** Of 32. */
const UNUSED_BITS = 32 - Math.log2(MARKS);

/**
 * Says of most paths that are not in a set that they are not, by a few of their characters: to look a string up that nobody has seen before, all of it
 * has to be hashed first, which is a twentieth of the cost of a call. May say yes of any other path; never no of one that was added.
 */
export class KnownPaths {
  readonly #marks = new Uint32Array(MARKS / 32);

  constructor(paths: Iterable<string>) {
    for (const path of paths) this.add(path);
  }

  add(path: string): void {
    const mark = markOf(path);
    this.#marks[mark >>> 5] = (this.#marks[mark >>> 5] as number) | (1 << (mark & 31));
  }

  mayHave(path: string): boolean {
    const mark = markOf(path);
    return ((this.#marks[mark >>> 5] as number) & (1 << (mark & 31))) !== 0;
  }
}

/** How many of the last characters are looked at. */
const LAST = 5;
/** Odd, with bits all over: names that count up must not fall where others that count up are. */
const SPREAD = 0x85ebca6b;

/** The length, one character in the middle, where methods of one service differ, and the last ones. */
function markOf(path: string): number {
  const { length } = path;
  let mark = length === 0 ? 0 : length ^ (path.charCodeAt(length >> 1) << 8);
  for (let at = Math.max(0, length - LAST); at < length; at++) mark = Math.imul(mark ^ path.charCodeAt(at), SPREAD);
  return Math.imul(mark ^ (mark >>> 13), SPREAD) >>> UNUSED_BITS;
}
