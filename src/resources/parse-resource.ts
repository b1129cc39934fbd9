// SPDX-License-Identifier: Apache-2.0

import type { ResourceRef } from '../errors/index.ts';
import { KINDS } from './kinds.ts';
import type { Resource } from './resource-set.ts';
import { type SchemaIssue, schemaIssues } from './schema-issue.ts';

/** How to read an object. */
export interface ParseOptions {
  /** The namespace of namespaced objects that name none. */
  readonly defaultNamespace: string;
}

/**
 * What came of an object: a resource; or the reasons for which an API server would refuse it; or the name of an object
 * of a kind that daemun does not work with.
 */
export type ParsedResource =
  | { readonly outcome: 'resource'; readonly resource: Resource; readonly warnings: readonly SchemaIssue[] }
  | { readonly outcome: 'refused'; readonly ref: ResourceRef; readonly issues: readonly SchemaIssue[] }
  | { readonly outcome: 'unknown'; readonly unknown: ResourceRef; readonly isRecognised: boolean };

/** Reads one object as an API server would: defaults filled in, unknown fields refused. Does not change `value`. */
export function parseResource(value: unknown, options: ParseOptions): ParsedResource {
  const object = (value ?? {}) as { apiVersion?: unknown; kind?: unknown; metadata?: { [key: string]: unknown } };
  const metadata = object.metadata ?? {};
  const declaration = KINDS.get(String(object.kind));
  const ref: ResourceRef = {
    apiVersion: String(object.apiVersion),
    kind: String(object.kind),
    namespace: declaration?.isNamespaced === false ? '' : String(metadata['namespace'] ?? options.defaultNamespace),
    name: String(metadata['name'] ?? ''),
  };
  if (declaration === undefined) return { outcome: 'unknown', unknown: ref, isRecognised: false };
  const complete = { ...object, metadata: { ...metadata, namespace: ref.namespace } };
  const parsed = declaration.schema.safeParse(complete);
  if (!parsed.success) return { outcome: 'refused', ref, issues: schemaIssues(parsed.error) };
  return { outcome: 'resource', resource: parsed.data, warnings: [] };
}
