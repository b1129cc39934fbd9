// SPDX-License-Identifier: Apache-2.0

/** A power of two: some six times as many as one Gateway may have paths, in 4 KiB. */
const MARKS = 32_768;

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

/** The length, the last three characters and one in the middle, where methods of one service differ. */
function markOf(path: string): number {
  const { length } = path;
  if (length < 4) return length;
  let mark = length * 31 + path.charCodeAt(length >> 1);
  mark = mark * 31 + path.charCodeAt(length - 3);
  mark = mark * 31 + path.charCodeAt(length - 2);
  return (mark * 31 + path.charCodeAt(length - 1)) & (MARKS - 1);
}
