// SPDX-License-Identifier: Apache-2.0

import { type FindingCode, type ResourceRef, type Severity, severityOf } from '../errors/index.ts';
import {
  GATEWAY_GROUP,
  type ParseOptions,
  parseResource,
  type Resource,
  type SchemaIssue,
} from '../resources/index.ts';
import { formatNamespacedName } from '../values/index.ts';
import { keyOfRef, refOf } from './object-key.ts';
import { isObject } from './plain-object.ts';

/** The label that an API server puts on every Namespace. */
export const NAMESPACE_LABEL = 'kubernetes.io/metadata.name';

/** What came of one written object. */
export interface AdmittedObject {
  /** Undefined when it does not even say what it is. */
  readonly ref: ResourceRef | undefined;
  /** `keyOfRef(ref)`, made once; '' without ref. */
  readonly key: string;
  /** `formatNamespacedName(ref)`, made once; '' without ref. */
  readonly fullName: string;
  /** Undefined when it was refused, or is of a kind that is not ours. */
  readonly resource: Resource | undefined;
  readonly issues: readonly ObjectIssue[];
}

/** A finding without its place. */
export interface ObjectIssue {
  readonly code: string;
  readonly severity: Severity;
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly help: string;
}

/** Takes one value as an API server takes an object: labels Namespaces, fills in defaults, refuses what is wrong. */
export function admit(value: unknown, options: ParseOptions): AdmittedObject {
  if (!isObject(value) || typeof value['apiVersion'] !== 'string' || typeof value['kind'] !== 'string') {
    return { ref: undefined, key: '', fullName: '', resource: undefined, issues: [NOT_AN_OBJECT] };
  }
  const parsed = parseResource(value['kind'] === 'Namespace' ? withNameLabel(value) : value, options);
  switch (parsed.outcome) {
    case 'resource': {
      const { resource, warnings } = parsed;
      return { ...named(refOf(resource)), resource, issues: warnings.map(found => withSeverity(found, 'warning')) };
    }
    case 'refused':
      return {
        ...named(parsed.ref),
        resource: undefined,
        issues: parsed.issues.map(found => withSeverity(found, 'error')),
      };
    case 'unknown':
      return { ...named(parsed.unknown), resource: undefined, issues: [unknownKind(parsed.unknown, parsed.isKnown)] };
  }
}

function named(ref: ResourceRef): Pick<AdmittedObject, 'key' | 'fullName'> & { readonly ref: ResourceRef } {
  return { ref, key: keyOfRef(ref), fullName: formatNamespacedName(ref) };
}

/** An issue of the store's own; its severity is the catalogue's. */
export function issue(code: FindingCode, text: Pick<ObjectIssue, 'path' | 'message' | 'help'>): ObjectIssue {
  return { code, severity: severityOf(code), ...text };
}

const NOT_AN_OBJECT = issue('store/not-an-object', {
  path: [],
  message: 'this is not a Kubernetes object: it has no apiVersion and kind',
  help: 'write apiVersion and kind, or move the file out of the folder',
});

function withSeverity(found: SchemaIssue, severity: Severity): ObjectIssue {
  return { ...found, severity };
}

function unknownKind(ref: ResourceRef, isKnown: boolean): ObjectIssue {
  const name = `${ref.kind} (${ref.apiVersion})`;
  if (isKnown) return issue('store/ignored-kind', { path: ['kind'], ...ignoredText(ref) });
  return issue('store/unknown-kind', {
    path: ['kind'],
    message: `${name} is not a kind that daemun knows; the object is ignored`,
    help: 'check the spelling of kind and apiVersion',
  });
}

function ignoredText({ apiVersion, kind }: ResourceRef): { readonly message: string; readonly help: string } {
  if (apiVersion.startsWith(`${GATEWAY_GROUP}/`)) {
    const message = `${kind} is not supported by this version of daemun: the object has no effect`;
    return { message, help: 'remove it, or leave it to another implementation' };
  }
  return {
    message: `${kind} (${apiVersion}) has no effect: daemun has no use for it`,
    help: 'nothing needs to be done',
  };
}

function withNameLabel(value: Record<string, unknown>): unknown {
  const { metadata } = value;
  if (!isObject(metadata) || typeof metadata['name'] !== 'string') return value;
  const labels = metadata['labels'] ?? {};
  if (!isObject(labels)) return value;
  return { ...value, metadata: { ...metadata, labels: { ...labels, [NAMESPACE_LABEL]: metadata['name'] } } };
}
