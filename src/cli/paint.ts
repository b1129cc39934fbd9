// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { escaped, UNPRINTABLE } from '../values/index.ts';

export type Colour = 'red' | 'green' | 'yellow' | 'blue' | 'cyan' | 'dim' | 'bold';

const CODES: Readonly<Record<Colour, readonly [number, number]>> = {
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  cyan: [36, 39],
  dim: [2, 22],
  bold: [1, 22],
};

/** Colours a text, or leaves it as it is. */
export type Paint = (colour: Colour, text: string) => string;

/**
 * Stands before a colour until the text is written. No text from files or peers can hold it, since they cannot know it:
 * so our own colours are the only escape sequences that reach a terminal.
 */
const KEY = `\u001b${randomBytes(9).toString('hex')}`;

const COLOUR_OR_UNPRINTABLE = new RegExp(`${KEY}(\\[\\d+m)|[${UNPRINTABLE}]`, 'gu');
const COLOUR_OR_OUTSIDE_LINE = new RegExp(`(${KEY}\\[\\d+m)|[\\t\\n${UNPRINTABLE}]`, 'gu');
const COLOUR = new RegExp(`${KEY}\\[\\d+m`, 'gu');

/** The paint of a terminal: plain when it has no colours. */
export function paintFor(terminal: { readonly colours: boolean }): Paint {
  if (!terminal.colours) return (_colour, text) => text;
  return (colour, text) => `${KEY}[${CODES[colour][0]}m${text}${KEY}[${CODES[colour][1]}m`;
}

/** What a terminal is sent for a text: its paint as escape sequences, all other control characters escaped. */
export function terminalText(text: string): string {
  return text.replace(COLOUR_OR_UNPRINTABLE, (found: string, colour: string | undefined) =>
    colour === undefined ? escaped(found) : `\u001b${colour}`,
  );
}

/** A text as it stands in one line, paint kept: for cells and messages, in which a line feed would begin a false line. */
export function lineText(text: string): string {
  return text.replace(COLOUR_OR_OUTSIDE_LINE, (found: string, colour: string | undefined) => colour ?? escaped(found));
}

/** Columns that a text takes on a terminal, colours left out. */
export function visibleWidth(text: string): number {
  return text.replace(COLOUR, '').length;
}
