// SPDX-License-Identifier: Apache-2.0

/** Where in a text something is; both start at 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** Of an offset in UTF-16 units. Lines end with a line feed, as everywhere here and in editors. */
export function placeAt(text: string, offset: number): TextPlace {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') };
}

/** The beginnings of a text's lines, for many places in one text. */
export class LineStarts {
  readonly #starts: number[] = [0];

  constructor(text: string) {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  /** As `placeAt`. */
  placeAt(offset: number): TextPlace {
    let [line, end] = [0, this.#starts.length];
    while (end - line > 1) {
      const middle = (line + end) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) line = middle;
      else end = middle;
    }
    return { line: line + 1, column: offset - (this.#starts[line] ?? 0) + 1 };
  }
}
