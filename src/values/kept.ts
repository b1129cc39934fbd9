// SPDX-License-Identifier: Apache-2.0

/** What is kept for each of ten thousand routes, in no more memory than it needs. */

/**
 * The list in an array of just its size: one that grew by `push` or `flatMap` has room for 17 items, 136 bytes. All empty
 * lists are one.
 */
export function fitted<T>(list: readonly T[]): readonly T[] {
  return list.length === 0 ? NONE : list.slice();
}

const NONE: readonly never[] = [];

/**
 * The same text, as the one copy that the engine keeps of it for as long as anyone has it; one put together from parts
 * takes some 80 bytes of its own each time, those parts included. Some 300 ns: not for what is looked up and let go.
 */
export function interned(text: string): string {
  // The names of fields are such copies. Without a prototype, no shape is made for each name.
  const holder: Record<string, null> = Object.create(null);
  holder[text] = null;
  for (const name in holder) return name;
  return text;
}

/**
 * The same text with characters of its own: one of 13 characters or more that was cut out of another one keeps all of that one in memory. Some 200 ns.
 */
export function cutOut(text: string): string {
  // Of what is joined a copy is made; of one part alone it is not.
  return text.length < SHORTEST_CUT ? text : [text.slice(0, 1), text.slice(1)].join('');
}

/** The engine copies what is shorter. */
const SHORTEST_CUT = 13;
