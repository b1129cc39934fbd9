// SPDX-License-Identifier: Apache-2.0

import { placeAt, type TextPlace } from './text-place.ts';

/** Why a text is not a manifest. */
export interface HabitFailure extends TextPlace {
  readonly code: 'store/template' | 'store/tab' | 'store/one-line';
  readonly message: string;
}

/** Habits show early in a text; a hostile one may be long, and the patterns below take up to 0.2 µs a character. */
const MAX_LOOKED_AT = 1024 * 1024;

/** An action of a template where YAML cannot have it: alone in a line, or as a value without quotes. */
const UNQUOTED_ACTION = /^( *(?:- +)*(?:[\w./-]+:[ \t]+)?)(\{\{-?[^\n]{0,200})/m;
/** An action that only a chart has, wherever it stands. */
const CHART_ACTION =
  /\{\{-?[^}\n]{0,200}(?:\.(?:Values|Release|Chart|Capabilities)\b|\b(?:include|tpl|toYaml|nindent)\b)[^}\n]{0,200}\}\}/;

/** The first two fields of a manifest, with nothing but blanks between them. */
const JOINED_FIELDS = /^([ \t]*apiVersion:[ \t]+[\w./-]{1,200}[ \t]+)kind:[ \t]/m;

/** The template that a text is which is no YAML; undefined: it is none. */
export function templateFailure(whole: string): HabitFailure | undefined {
  const text = whole.slice(0, MAX_LOOKED_AT);
  const [, before = '', action] = UNQUOTED_ACTION.exec(text) ?? [];
  if (action === undefined) return chartFailure(text);
  const [shown = ''] = /^\{\{.*?\}\}/.exec(action) ?? [action];
  return failureAt(text, text.indexOf(`${before}${action}`) + before.length, shown.trim());
}

/** The source of a chart that a text is which is YAML, though no manifest: `name: "{{ .Values.name }}"`. */
export function chartFailure(whole: string): HabitFailure | undefined {
  const text = whole.slice(0, MAX_LOOKED_AT);
  const found = CHART_ACTION.exec(text);
  return found === null ? undefined : failureAt(text, found.index, found[0]);
}

function failureAt(text: string, at: number, action: string): HabitFailure {
  const message = `this is a template, not a manifest: ${action} is filled in when it is rendered`;
  return { code: 'store/template', message, ...placeAt(text, at) };
}

/** The tab that a failure is about, in its line or one beside it; undefined: no tab is to blame. */
export function tabFailure(text: string, failure: { readonly line: number }): HabitFailure | undefined {
  const first = Math.max(1, failure.line - 1);
  const beside = linesFrom(text, first, failure.line - first + 2);
  const at = beside.findIndex(line => /^ *\t\s*\S/.test(line));
  if (at < 0) return undefined;
  const message = 'a tab stands in the indentation, where YAML takes spaces only';
  return { code: 'store/tab', message, line: first + at, column: (beside[at]?.indexOf('\t') ?? 0) + 1 };
}

/** A manifest whose lines are one, as pages and chats leave them; undefined: it is none. */
export function oneLineFailure(whole: string): HabitFailure | undefined {
  const found = JOINED_FIELDS.exec(whole.slice(0, MAX_LOOKED_AT));
  if (found === null) return undefined;
  const [, before = ''] = found;
  const message = 'the line breaks of the manifest are gone';
  return { code: 'store/one-line', message, ...placeAt(whole, found.index + before.length) };
}

/** `count` lines, the first of them with the number `first` (from 1). */
function linesFrom(text: string, first: number, count: number): string[] {
  let start = 0;
  for (let line = 1; line < first; line++) start = text.indexOf('\n', start) + 1;
  return text.slice(start, start + MAX_LOOKED_AT).split('\n', count);
}
