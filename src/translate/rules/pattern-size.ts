// SPDX-License-Identifier: Apache-2.0

import { RE2JS } from 're2js';

/**
 * Steps that a pattern may compile to. A text that is new to it is tried at a cost of its length times these: 2,048 characters
 * (`MAX_PATTERN_TEXT`) would take 0.1 to 0.2 s, in which a worker does nothing else, and `MAX_REQUEST_WORK` ends it earlier. `[a-z]{1,1000}` has 2,002; what names a thousand words has a few hundred.
 */
const MAX_PATTERN_SIZE = 2_048;
/**
 * Steps of all patterns of a route together: a request may be tried on each of them, and so may the next. A route of 128 matches, the most there
 * are, has room for 256 in each; what tells paths and languages apart has some 50.
 */
export const MAX_ROUTE_PATTERN_SIZE = 32_768;
/** With more, as counted by `unrolledSize`, a pattern is not even compiled: that costs time and memory for each. */
const MAX_UNROLLED_SIZE = 32_768;

/** How many steps a pattern has; or why it cannot be used, in one clause. */
export type PatternSize = { readonly size: number } | { readonly why: string; readonly isTooLarge: boolean };

/** Measures a pattern of which there may be `room` steps. */
export function measurePattern(pattern: string, room: number = MAX_ROUTE_PATTERN_SIZE): PatternSize {
  const unrolled = unrolledSize(pattern);
  if (unrolled > MAX_UNROLLED_SIZE) return tooLarge(unrolled);
  try {
    const size = RE2JS.compile(pattern).programSize();
    if (size > MAX_PATTERN_SIZE) return tooLarge(size);
    return size > room ? { why: ROUTE_IS_FULL, isTooLarge: true } : { size };
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error), isTooLarge: false };
  }
}

const ROUTE_IS_FULL = `with it the patterns of the route come to more than ${MAX_ROUTE_PATTERN_SIZE} steps for each character`;

function tooLarge(size: number): { readonly why: string; readonly isTooLarge: true } {
  return {
    why: `with all that it repeats it comes to ${size} steps for each character, and ${MAX_PATTERN_SIZE} are the most`,
    isTooLarge: true,
  };
}

/** A counted repetition, and what is one item of a pattern though it is written in several characters. */
const REPEAT = /\{(\d+)(?:,(\d*))?\}/y;
const ESCAPE = /\\(?:[pPx]\{[^}]*\}|[pP][\s\S]|Q[\s\S]*?(?:\\E|$)|[\s\S])/y;
const CLASS = /\[\^?\]?(?:\\[\s\S]|\[:\^?\w+:\]|[^\]\\])*\]/y;

/** The items of a pattern, those of what is repeated as often as that may be. About as many steps as it compiles to, where nothing is shared. */
export function unrolledSize(pattern: string): number {
  const outer: number[] = [];
  let [size, last] = [0, 0];
  for (let at = 0; at < pattern.length; ) {
    const char = pattern[at];
    const [whole, least, most] = char === '{' ? (matchAt(REPEAT, pattern, at) ?? []) : [];
    if (whole !== undefined) {
      const times = Math.max(Number(least), most === undefined || most === '' ? 0 : Number(most));
      size += last * (times - 1);
      last *= times;
    } else if (char === '(') {
      outer.push(size);
      size = 0;
    } else if (char === ')') {
      last = size;
      size += outer.pop() ?? 0;
    } else {
      last = 1;
      size += last;
    }
    at += (whole ?? itemAt(pattern, at)).length;
  }
  return outer.reduce((sum, one) => sum + one, size);
}

function itemAt(pattern: string, at: number): string {
  const char = pattern[at] ?? '';
  const [item = char] =
    (char === '\\' ? matchAt(ESCAPE, pattern, at) : char === '[' ? matchAt(CLASS, pattern, at) : null) ?? [];
  return item;
}

function matchAt(sticky: RegExp, text: string, at: number): RegExpExecArray | null {
  sticky.lastIndex = at;
  return sticky.exec(text);
}
