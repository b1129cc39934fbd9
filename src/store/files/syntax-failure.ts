// SPDX-License-Identifier: Apache-2.0

import { YAMLException } from 'js-yaml';
import { LineCounter, parseAllDocuments } from 'yaml';
import { messageOf } from '../../errors/index.ts';
import { tabFailure, templateFailure } from './habit-failure.ts';

/** Why a text is not YAML; line and column start at 1 and are relative to the document. */
export interface SyntaxFailure {
  /** What is wrong by its code; left out: `store/syntax`. */
  readonly code?: 'store/template' | 'store/tab';
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

/** Says it by the habit behind it, where there is one; else in the words of a parser. */
export function describeSyntaxError(text: string, error: unknown): SyntaxFailure {
  const template = templateFailure(text);
  if (template !== undefined) return template;
  const failure = parserFailure(text, error);
  return tabFailure(text, failure) ?? failure;
}

/** In the words of `yaml`, which are more exact, unless that accepts the text. */
function parserFailure(text: string, error: unknown): SyntaxFailure {
  const counter = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: counter, prettyErrors: false, merge: true });
  const first = [...documents].flatMap(document => document.errors).sort((a, b) => a.pos[0] - b.pos[0])[0];
  if (first !== undefined) {
    const { line, col } = counter.linePos(first.pos[0]);
    return { message: tidy(first.message), line, column: col };
  }
  if (!(error instanceof YAMLException)) return { message: tidy(messageOf(error)), line: 1, column: 1 };
  return { message: tidy(error.reason), line: (error.mark?.line ?? 0) + 1, column: (error.mark?.column ?? 0) + 1 };
}

function tidy(message: string): string {
  const line = message.split('\n', 1)[0] ?? '';
  return line.charAt(0).toLowerCase() + line.slice(1);
}
