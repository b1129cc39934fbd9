// SPDX-License-Identifier: Apache-2.0

/**
 * Characters that a terminal obeys instead of showing them, or that show a text other than it is: C0 but tab and line
 * feed, DEL and C1 (escape sequences begin with both), marks and overrides of direction, separators, invisible and tag
 * characters.
 */
const HOSTILE_RANGES: readonly (readonly [number, number])[] = [
  [0x00, 0x08],
  [0x0b, 0x1f],
  [0x7f, 0x9f],
  [0x61c, 0x61c],
  [0x200b, 0x200b],
  [0x200e, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0xfeff, 0xfeff],
  [0xfff9, 0xfffb],
  [0xfffe, 0xffff],
  [0xe0000, 0xe007f],
];

const HOSTILE = HOSTILE_RANGES.map(([first, last]) => `\\u{${first.toString(16)}}-\\u{${last.toString(16)}}`).join('');

/** What a class of a regular expression (flag `u`) holds to match the characters that `printable` escapes. */
export const UNPRINTABLE: string = HOSTILE;

const ANY_UNPRINTABLE = new RegExp(`[${HOSTILE}]`, 'gu');
const ANY_OUTSIDE_LINE = new RegExp(`[\\t\\n${HOSTILE}]`, 'gu');

/** A text that does no more than appear: every other character as `\u001b`, the way JSON and YAML write it. Lines stay. */
export function printable(text: string): string {
  return text.replace(ANY_UNPRINTABLE, escaped);
}

/** As `printable`, and in one line: a name or message with a line feed cannot pass for two lines of output. */
export function printableLine(text: string): string {
  return text.replace(ANY_OUTSIDE_LINE, escaped);
}

/** Escapes what one match of an unprintable character found. */
export function escaped(found: string): string {
  if (found === '\n') return '\\n';
  if (found === '\t') return '\\t';
  let text = '';
  for (let at = 0; at < found.length; at++) text += `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`;
  return text;
}
