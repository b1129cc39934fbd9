// SPDX-License-Identifier: Apache-2.0

import { loadAll, YAMLException } from 'js-yaml';
import { fitted } from '../../values/index.ts';
import { type AdmitOptions, type AdmittedObject, admit, type ObjectIssue } from '../admit.ts';
import { isObject } from '../plain-object.ts';
import {
  expandsTooFar,
  MAX_DEPTH,
  MAX_LIST_ITEMS,
  MAX_REREAD_BYTES,
  overLimit,
  textFailure,
} from './document-limits.ts';
import { chartFailure } from './habit-failure.ts';
import { LIST_IN_LIST, NAMELESS, readList } from './list.ts';
import { repeatedFields } from './repeated-fields.ts';
import { describeSyntaxError } from './syntax-error.ts';
import type { SyntaxFailure } from './syntax-failure.ts';
import { directiveFailure } from './yaml-directive.ts';
import { KUBERNETES_YAML } from './yaml-schema.ts';

/** What a document's text says. Depends on the text alone, so an unchanged text is never read twice. */
export interface DocumentContent {
  readonly objects: readonly WrittenObject[];
  /** Why the text could not be read; then there are no objects. */
  readonly failure: SyntaxFailure | undefined;
}

export interface WrittenObject extends AdmittedObject {
  /** Which value of the document (more than one only after `...`), and where in it: [] or ['items', 3]. */
  readonly value: number;
  readonly prefix: readonly (string | number)[];
}

/** A marker and nothing after it: most documents of a file that a template engine wrote. */
const BLANK = /^(?:---)?\s*$/;
const NOTHING: DocumentContent = { objects: [], failure: undefined };

export interface ReadDocumentOptions extends AdmitOptions {
  /** Asked once about a broken text that is parsed again for a better message, with its length. Default: it is. */
  readonly mayDescribe?: (length: number) => boolean;
}

/** Reads one document. Never throws. About 100 µs for a route of 400 bytes, and as much for its validation. */
export function readDocument(text: string, options: ReadDocumentOptions): DocumentContent {
  if (BLANK.test(text)) return NOTHING;
  const refused = textFailure(text) ?? directiveFailure(text);
  if (refused !== undefined) return { objects: [], failure: refused };
  try {
    return withoutChart(text, readValues(text, options, 'once'));
  } catch (error) {
    if (!isRepetition(error)) return { objects: [], failure: describeSyntaxError(text, error, options.mayDescribe) };
  }
  if (text.length > MAX_REREAD_BYTES) return { objects: [], failure: REPETITION_IN_LARGE };
  try {
    return withRepetitions(readValues(text, options, 'repeated'), repeatedFields(text));
  } catch (error) {
    return { objects: [], failure: describeSyntaxError(text, error, options.mayDescribe) };
  }
}

function readValues(text: string, options: AdmitOptions, fields: 'once' | 'repeated'): DocumentContent {
  const values = parseValues(text, fields);
  if (expandsTooFar(text, values)) return { objects: [], failure: TOO_MANY_ALIASES };
  if (values.some(hasTooManyItems)) return { objects: [], failure: TOO_MANY_ITEMS };
  return { objects: fitted(values.flatMap((value, at) => readValue(value, at, options))), failure: undefined };
}

/** A chart's source may be YAML; that its names are refused says less than what it is. */
function withoutChart(text: string, content: DocumentContent): DocumentContent {
  const failure = content.objects.some(({ isRefused }) => isRefused) ? chartFailure(text) : undefined;
  return failure === undefined ? content : { objects: [], failure };
}

function parseValues(text: string, fields: 'once' | 'repeated'): unknown[] {
  const json = fields === 'repeated';
  return loadAll(text, { schema: KUBERNETES_YAML, maxAliases: MAX_ALIASES, maxDepth: MAX_DEPTH, json });
}

/** An object as it is written, before defaults; undefined when the document is none of which objects were read. */
export function writtenValue(text: string, { value, prefix }: WrittenObject): unknown {
  try {
    return prefix.reduce<unknown>(
      (node, part) =>
        typeof node === 'object' && node !== null
          ? Object.entries(node).find(([name]) => name === String(part))?.[1]
          : undefined,
      parseValues(text, 'repeated')[value],
    );
  } catch {
    return undefined;
  }
}

function isRepetition(error: unknown): boolean {
  return error instanceof YAMLException && error.reason.startsWith('duplicated mapping key');
}

/** Refuses the objects that have a field twice, as an API server does. */
function withRepetitions(content: DocumentContent, repeated: ReturnType<typeof repeatedFields>): DocumentContent {
  const byItem = repeated.map(paths => Map.groupBy(paths, path => (path[0] === 'items' ? path[1] : undefined)));
  const objects = content.objects.map((object): WrittenObject => {
    const { value, prefix } = object;
    const inside = prefix.length === 0 ? repeated[value] : byItem[value]?.get(prefix[1]);
    const paths = (inside ?? []).map(path => path.slice(prefix.length));
    if (paths.length === 0) return object;
    const issues = [...paths.map(repetition), ...object.issues];
    return { ...object, resource: undefined, isRefused: true, faults: object.faults + paths.length, issues };
  });
  return { ...content, objects };
}

function repetition(path: readonly (string | number)[]): ObjectIssue {
  const message = `the field "${path.at(-1)}" is written twice`;
  return { code: 'schema/duplicate', severity: 'error', path, message, help: 'remove one of the two' };
}

const MAX_ALIASES = 1000;
const TOO_MANY_ALIASES = overLimit('the aliases of this document stand for too many nodes');
const TOO_MANY_ITEMS = overLimit(`a List has more than ${MAX_LIST_ITEMS} items`);
const REPETITION_IN_LARGE: SyntaxFailure = {
  message: `a field is written twice in a document of more than ${MAX_REREAD_BYTES / 1024} KiB`,
  line: 1,
  column: 1,
};

function hasTooManyItems(value: unknown): boolean {
  return isObject(value) && Array.isArray(value['items']) && value['items'].length > MAX_LIST_ITEMS;
}

const WHOLE: readonly never[] = [];

function readValue(value: unknown, at: number, options: AdmitOptions): WrittenObject[] {
  if (value === null || value === undefined) return [];
  const list = readList(value);
  if (list === undefined) return [{ value: at, prefix: WHOLE, ...admit(value, options) }];
  if ('refused' in list) return [{ value: at, prefix: WHOLE, ...NAMELESS, issues: [list.refused] }];
  return list.items.map((item, index): WrittenObject => {
    const prefix = ['items', index];
    if (readList(item) === undefined) return { value: at, prefix, ...admit(item, options) };
    return { value: at, prefix, ...NAMELESS, issues: [LIST_IN_LIST] };
  });
}
