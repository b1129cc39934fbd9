// SPDX-License-Identifier: Apache-2.0

import { YAMLException } from 'js-yaml';
import { LineCounter, parseAllDocuments } from 'yaml';
import { messageOf } from '../../errors/index.ts';
import { MAX_DEPTH, MAX_DESCRIBED_BYTES, overLimit } from './document-limits.ts';
import { oneLineFailure, tabFailure, templateFailure } from './habit-failure.ts';
import type { SyntaxFailure } from './syntax-failure.ts';
import { placeAt, type TextPlace } from './text-place.ts';

/** Says it by the habit behind it, where there is one; else in the words of a parser. */
export function describeSyntaxError(
  text: string,
  error: unknown,
  mayDescribe: (length: number) => boolean = () => true,
): SyntaxFailure {
  if (isTooDeep(error))
    return overLimit(`the document is nested deeper than ${MAX_DEPTH} levels`, placeOf(text, error));
  if (error instanceof RangeError) return overLimit('the document has more faults than can be told');
  const habit = templateFailure(text) ?? oneLineFailure(text);
  if (habit !== undefined) return habit;
  const isExact = text.length <= MAX_DESCRIBED_BYTES && mayDescribe(text.length);
  const failure = (isExact ? exactFailure(text) : undefined) ?? parserFailure(text, error);
  return tabFailure(text, failure) ?? failure;
}

function parserFailure(text: string, error: unknown): SyntaxFailure {
  if (!(error instanceof YAMLException)) return { message: tidy(messageOf(error)), line: 1, column: 1 };
  return { message: tidy(error.reason), ...placeOf(text, error) };
}

/** In the words of `yaml`, which are more exact; undefined where that accepts the text. */
function exactFailure(text: string): SyntaxFailure | undefined {
  const counter = new LineCounter();
  let documents: ReturnType<typeof parseAllDocuments>;
  try {
    documents = parseAllDocuments(text, { lineCounter: counter, prettyErrors: false, merge: true });
  } catch {
    return undefined; // nested too deep behind the fault
  }
  const first = [...documents].flatMap(document => document.errors).sort((a, b) => a.pos[0] - b.pos[0])[0];
  if (first === undefined) return undefined;
  const { line, col } = counter.linePos(first.pos[0]);
  return { message: tidy(first.message), line, column: col };
}

function isTooDeep(error: unknown): boolean {
  return error instanceof YAMLException && error.reason.startsWith('nesting exceeded');
}

/** By the offset: for the parser a carriage return alone ends a line too. */
function placeOf(text: string, error: unknown): TextPlace {
  return placeAt(text, error instanceof YAMLException ? (error.mark?.position ?? 0) : 0);
}

function tidy(message: string): string {
  const line = message.split('\n', 1)[0] ?? '';
  return line.charAt(0).toLowerCase() + line.slice(1);
}
