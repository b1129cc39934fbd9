// SPDX-License-Identifier: Apache-2.0

import { generatedName } from './generated-name.ts';
import type { KindDeclaration } from './kinds.ts';
import { isDnsLabel } from './names.ts';
import type { SchemaIssue } from './schema-issue.ts';
import { isObject } from './shape.ts';
import { quote } from './vocabulary.ts';

/** Metadata as an API server fills it in before it validates an object, and what is wrong with the namespace. */
export interface CompleteMetadata {
  /** Not an object when what was written is none. */
  readonly metadata: unknown;
  readonly issues: readonly SchemaIssue[];
}

/**
 * Fills in the namespace, a name from `generateName`, and generation 1 (unless the object comes from an API server).
 * Wrong types stay as they are, for the schema to refuse.
 */
export function completeMetadata(
  object: Record<string, unknown>,
  { isNamespaced }: KindDeclaration,
  { defaultNamespace, origin = 'manifest' }: { defaultNamespace: string; origin?: 'manifest' | 'cluster' },
): CompleteMetadata {
  const written = object['metadata'] ?? {};
  if (!isObject(written)) return { metadata: written, issues: [] };
  const metadata = { ...written };
  const issues: SchemaIssue[] = [];
  const namespace = metadata['namespace'] ?? '';
  if (typeof namespace === 'string') {
    metadata['namespace'] = isNamespaced ? namespace || defaultNamespace : '';
    if (isNamespaced && namespace !== '' && !isDnsLabel(namespace)) issues.push(malformedNamespace(namespace));
  }
  const base = metadata['generateName'];
  if ((metadata['name'] ?? '') === '' && typeof base === 'string' && base !== '') {
    metadata['name'] = generatedName(base, object);
  }
  if (origin === 'manifest' && isInt64(metadata['generation'])) metadata['generation'] = 1;
  return { metadata, issues };
}

function isInt64(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 63;
}

function malformedNamespace(namespace: string): SchemaIssue {
  return {
    code: 'schema/metadata-namespace',
    path: ['metadata', 'namespace'],
    message: `${quote(namespace)} cannot be a namespace`,
    help: 'write up to 63 lower case letters, digits and "-", such as team-a',
  };
}
