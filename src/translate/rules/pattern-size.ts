// SPDX-License-Identifier: Apache-2.0

import { RE2JS } from 're2js';

/**
 * Steps that a pattern may compile to. A text is tried at a cost of its length times these: of 2,048 characters (`MAX_PATTERN_TEXT`) at most
 * some 0.1 s, in which a worker does nothing else. `[a-z]{1,1000}` has 2,002; what names a thousand words has a few hundred.
 */
const MAX_PATTERN_SIZE = 2_048;
/** With more, as counted by `unrolledSize`, a pattern is not even compiled: that costs time and memory for each. */
const MAX_UNROLLED_SIZE = 32_768;

/** Why a pattern cannot be used, in one clause; undefined: it can. */
export function patternProblem(pattern: string): { readonly why: string; readonly isTooLarge: boolean } | undefined {
  const unrolled = unrolledSize(pattern);
  if (unrolled > MAX_UNROLLED_SIZE) return tooLarge(unrolled);
  try {
    const size = RE2JS.compile(pattern).programSize();
    return size > MAX_PATTERN_SIZE ? tooLarge(size) : undefined;
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error), isTooLarge: false };
  }
}

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
