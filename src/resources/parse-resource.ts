// SPDX-License-Identifier: Apache-2.0

import type * as z from 'zod';
import type { ResourceRef } from '../errors/index.ts';
import { completeMetadata } from './complete-metadata.ts';
import { findKind } from './find-kind.ts';
import type { KindDeclaration } from './kinds.ts';
import { misspeltFields } from './misspelt-fields.ts';
import { MAX_OBJECT_NODES, oversize } from './object-size.ts';
import { isGatewayGroup } from './references.ts';
import type { Resource } from './resource-set.ts';
import { countFaults, MAX_ISSUES, moreIssues, type SchemaIssue, schemaIssues, unknownField } from './schema-issue.ts';
import { childSchema, isObject } from './shape.ts';
import { isTidy, tidy } from './tidy.ts';
import { unknownFields } from './unknown-fields.ts';
import { quote } from './vocabulary.ts';

/** How to read an object. */
export interface ParseOptions {
  /** The namespace of namespaced objects that name none. */
  readonly defaultNamespace: string;
  /**
   * `manifest` (the default): what a user would send to an API server, which gives it generation 1 and drops its
   * status (that of a Pod is kept: nobody else says where it is). `cluster`: what an API server answered; generation and status are kept.
   */
  readonly origin?: 'manifest' | 'cluster';
}

/**
 * What came of an object: a resource; or the reasons for which an API server would refuse it; or the name of an object
 * of a kind that daemun does not work with (`isKnown`: but has heard of, so that it is no misspelling).
 */
export type ParsedResource =
  | { readonly outcome: 'resource'; readonly resource: Resource; readonly warnings: readonly SchemaIssue[] }
  | {
      readonly outcome: 'refused';
      readonly ref: ResourceRef;
      readonly issues: readonly SchemaIssue[];
      /** How many there are, of which `issues` tells some: what was not looked at counts as faulty. */
      readonly faults: number;
    }
  | { readonly outcome: 'unknown'; readonly unknown: ResourceRef; readonly isKnown: boolean };

/**
 * Reads one object as an API server would: nulls dropped, defaults filled in, and refused for what it would refuse
 * (strict field validation). All problems are listed. Does not change `value`. About 10 µs for a route.
 */
export function parseResource(value: unknown, options: ParseOptions): ParsedResource {
  if (!isObject(value)) return refuseNonObject(value);
  const found = findKind(value['apiVersion'], value['kind']);
  const isNamespaced = found.outcome !== 'kind' || found.declaration.isNamespaced;
  const ref = referTo(value, isNamespaced ? options.defaultNamespace : null);
  if (found.outcome === 'unknown') return { outcome: 'unknown', unknown: ref, isKnown: found.isKnown };
  if (found.outcome === 'refused') return { outcome: 'refused', ref, issues: [found.issue], faults: 1 };
  return parseKind(value, found.declaration, options, ref);
}

function parseKind(
  value: Record<string, unknown>,
  declaration: KindDeclaration,
  options: ParseOptions,
  ref: ResourceRef,
): ParsedResource {
  const tooLarge = oversize(value);
  if (tooLarge !== undefined) return { outcome: 'refused', ref, issues: [tooLarge], faults: MAX_OBJECT_NODES };
  const { schema } = declaration;
  const completed = completeMetadata(value, declaration, options);
  const complete: Record<string, unknown> = { ...value, metadata: completed.metadata };
  const issues = [...completed.issues];
  const status = childSchema(schema, value, 'status');
  if (options.origin !== 'cluster' && status !== undefined && isGatewayGroup(declaration.group)) {
    const unknown = unknownFields(value['status'], status);
    for (const path of unknown.slice(0, MAX_ISSUES)) issues.push(unknownField(['status', ...path], schema, value));
    if (unknown.length > MAX_ISSUES) issues.push(moreIssues(unknown.length - MAX_ISSUES));
    delete complete['status'];
  }
  const clean = isTidy(complete) ? complete : tidy(complete, schema);
  const parsed = runSchema(schema, clean);
  if (parsed.issues.length > 0) issues.push(...schemaIssues(parsed.issues, schema, clean));
  else if (issues.length === 0) {
    const warnings =
      options.origin === 'cluster' || isGatewayGroup(declaration.group) ? [] : misspelt(clean, declaration);
    return { outcome: 'resource', resource: parsed.value, warnings };
  }
  return { outcome: 'refused', ref, issues, faults: issues.length + countFaults(parsed.issues) };
}

/** As `safeParse`, without an error made of the issues: see `schemaIssues`. */
function runSchema<Value>(schema: z.core.$ZodType<Value>, value: unknown): z.core.ParsePayload<Value> {
  const payload = schema._zod.run({ value, issues: [] }, { async: false });
  if (payload instanceof Promise) throw new Error('no schema may need more than one turn');
  // Without issues the value is what the schema makes.
  return payload as z.core.ParsePayload<Value>;
}

/** An API server refuses these, too, and has none; but unknown fields of the core kinds are none of our business. */
function misspelt(value: unknown, { schema }: KindDeclaration): SchemaIssue[] {
  return misspeltFields(value, schema).map(({ path, meant }) => ({
    code: 'schema/unknown-field',
    path,
    message: `unknown field ${quote(path.at(-1))} is ignored`,
    help: `did you mean ${meant}?`,
  }));
}

function referTo(value: Record<string, unknown>, defaultNamespace: string | null): ResourceRef {
  const metadata = isObject(value['metadata']) ? value['metadata'] : {};
  return {
    apiVersion: textOf(value['apiVersion']),
    kind: textOf(value['kind']),
    namespace: defaultNamespace === null ? '' : textOf(metadata['namespace']) || defaultNamespace,
    name: textOf(metadata['name']) || textOf(metadata['generateName']),
  };
}

function refuseNonObject(value: unknown): ParsedResource {
  const issue: SchemaIssue = {
    code: 'schema/not-an-object',
    path: [],
    message: `${quote(value)} is not an object`,
    help: 'write apiVersion:, kind: and metadata:',
  };
  return { outcome: 'refused', ref: { apiVersion: '', kind: '', namespace: '', name: '' }, issues: [issue], faults: 1 };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
