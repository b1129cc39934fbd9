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
