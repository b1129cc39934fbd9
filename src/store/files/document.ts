// SPDX-License-Identifier: Apache-2.0

import { loadAll, YAMLException } from 'js-yaml';
import type { ParseOptions } from '../../resources/index.ts';
import { type AdmittedObject, admit, type ObjectIssue } from '../admit.ts';
import { isObject } from '../plain-object.ts';
import { expandsTooFar } from './alias-limit.ts';
import { chartFailure } from './habit-failure.ts';
import { repeatedFields } from './repeated-fields.ts';
import { describeSyntaxError, type SyntaxFailure } from './syntax-failure.ts';
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

/** Reads one document. Never throws. About 100 µs for a route of 400 bytes, and as much for its validation. */
export function readDocument(text: string, options: ParseOptions): DocumentContent {
  const refused = directiveFailure(text);
  if (refused !== undefined) return { objects: [], failure: refused };
  try {
    return withoutChart(text, readValues(text, options, 'once'));
  } catch (error) {
    if (!isRepetition(error)) return { objects: [], failure: describeSyntaxError(text, error) };
  }
  try {
    return withRepetitions(readValues(text, options, 'repeated'), repeatedFields(text));
  } catch (error) {
    return { objects: [], failure: describeSyntaxError(text, error) };
  }
}

function readValues(text: string, options: ParseOptions, fields: 'once' | 'repeated'): DocumentContent {
  const values = loadAll(text, { schema: KUBERNETES_YAML, maxAliases: 1000, json: fields === 'repeated' });
  if (expandsTooFar(text, values)) return { objects: [], failure: TOO_MANY_ALIASES };
  return { objects: values.flatMap((value, at) => readValue(value, at, options)), failure: undefined };
}

/** A chart's source may be YAML; that its names are refused says less than what it is. */
function withoutChart(text: string, content: DocumentContent): DocumentContent {
  const isRefused = content.objects.some(({ issues }) => issues.some(({ severity }) => severity === 'error'));
  const failure = isRefused ? chartFailure(text) : undefined;
  return failure === undefined ? content : { objects: [], failure };
}

function isRepetition(error: unknown): boolean {
  return error instanceof YAMLException && error.reason.startsWith('duplicated mapping key');
}

/** Refuses the objects that have a field twice, as an API server does. */
function withRepetitions(content: DocumentContent, repeated: ReturnType<typeof repeatedFields>): DocumentContent {
  const objects = content.objects.map((object): WrittenObject => {
    const { value, prefix } = object;
    const isInside = (path: readonly (string | number)[]) => prefix.every((part, at) => part === path[at]);
    const paths = (repeated[value] ?? []).filter(isInside).map(path => path.slice(prefix.length));
    if (paths.length === 0) return object;
    return { ...object, resource: undefined, issues: [...paths.map(repetition), ...object.issues] };
  });
  return { ...content, objects };
}

function repetition(path: readonly (string | number)[]): ObjectIssue {
  const message = `the field "${path.at(-1)}" is written twice`;
  return { code: 'schema/duplicate', severity: 'error', path, message, help: 'remove one of the two' };
}

const TOO_MANY_ALIASES: SyntaxFailure = {
  message: 'the aliases of this document stand for too many nodes',
  line: 1,
  column: 1,
};

function readValue(value: unknown, at: number, options: ParseOptions): WrittenObject[] {
  if (value === null || value === undefined) return [];
  const items = listItems(value);
  if (items === undefined) return [{ value: at, prefix: [], ...admit(value, options) }];
  return items.map((item, index) => ({ value: at, prefix: ['items', index], ...admit(item, options) }));
}

/** The items of a List, as `kubectl get -o yaml` writes them. */
function listItems(value: unknown): readonly unknown[] | undefined {
  if (!isObject(value) || typeof value['kind'] !== 'string' || !value['kind'].endsWith('List')) return undefined;
  return Array.isArray(value['items']) ? value['items'] : undefined;
}
