// SPDX-License-Identifier: Apache-2.0

import type { SyntaxFailure } from './syntax-failure.ts';

/** Nested deeper than any manifest; kubectl follows 10,000 levels, an API server's schemas about 20. */
export const MAX_DEPTH = 100;
/** An API server takes 3 MiB for an object; a List of ten thousand routes has 5 MiB. */
export const MAX_DOCUMENT_BYTES = 8 * 1024 * 1024;
/** Commas, opening brackets, lines and what else begins a node of YAML: a List of routes that fills a document has 1.3 million. Takes up to 1.5 s to read. */
export const MAX_MARKS = 1_500_000;
/** Objects in a List; ten times what fits an 8 MiB List of routes. */
export const MAX_LIST_ITEMS = 100_000;
/** Texts up to this size are parsed a second time for the sake of a better message; broken ones take up to 4 s for each MiB. */
export const MAX_DESCRIBED_BYTES = 64 * 1024;
/** Texts up to this size are parsed a second time for the sake of an exact place: 0.1 s for each MiB. */
export const MAX_REREAD_BYTES = 512 * 1024;

/** Characters that kubectl's YAML library refuses wherever they stand: control characters but tab, line ends and U+0085. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const REFUSED = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/;

const JSON_OBJECT = /^\s*\{/;

/** What is wrong with a document's text, found without parsing it. */
export function textFailure(text: string): SyntaxFailure | undefined {
  if (text.length > MAX_DOCUMENT_BYTES)
    return overLimit(`the document has more than ${MAX_DOCUMENT_BYTES / 1024 / 1024} MiB`);
  if (hasTooManyMarks(text))
    return overLimit(`the document has more than ${MAX_MARKS} lines, commas and other marks that begin a node`);
  // JSON may hold most of them, and its reader refuses the others.
  if (JSON_OBJECT.test(text)) return undefined;
  const at = text.search(REFUSED);
  if (at < 0) return undefined;
  const before = text.slice(0, at).split('\n');
  const code = text.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0');
  const message = `the control character U+${code} is not allowed`;
  return { message, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** Without this a few MiB of brackets become a gigabyte of nodes. What stands in strings is counted as well. */
function hasTooManyMarks(text: string): boolean {
  if (text.length <= MAX_MARKS) return false;
  let marks = 0;
  for (let at = 0; at < text.length; at++) if (isMark(text, at)) marks++;
  return marks > MAX_MARKS;
}

const [LINE_FEED, BLANK, COMMA, DASH, COLON, QUESTION, BRACKET, BRACE] = [
  0x0a, 0x20, 0x2c, 0x2d, 0x3a, 0x3f, 0x5b, 0x7b,
];

function isMark(text: string, at: number): boolean {
  switch (text.charCodeAt(at)) {
    case LINE_FEED:
    case COMMA:
    case BRACKET:
    case BRACE:
      return true;
    case DASH:
    case COLON:
    case QUESTION:
      return text.charCodeAt(at + 1) === BLANK;
    default:
      return false;
  }
}

/** A document that goes beyond a limit; the message names it. */
export function overLimit(message: string, place = { line: 1, column: 1 }): SyntaxFailure {
  return { code: 'store/over-limit', message, ...place };
}

/** Nodes that a document may have once its aliases are followed; kubectl's YAML library refuses such texts too. */
const MAX_NODES = 200_000;
/** As many, or so many and one for each of its characters: aliases of a short text stand for little. */
const MIN_NODES = 10_000;

/**
 * True when a value whose aliases refer to one another is too large to be walked: ten lines of YAML can stand for a
 * billion nodes. Looks at no more than the limit.
 */
export function expandsTooFar(text: string, values: readonly unknown[]): boolean {
  if (!text.includes('*') || !text.includes('&')) return false;
  const pending: unknown[] = [...values];
  const most = Math.min(MAX_NODES, MIN_NODES + text.length);
  let nodes = 0;
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (++nodes > most) return true;
    if (typeof value === 'object' && value !== null)
      for (const inner of Object.values(value)) pending.push(inner ?? null);
  }
  return false;
}
