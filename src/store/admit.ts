// SPDX-License-Identifier: Apache-2.0

import { type FindingCode, type ResourceRef, type Severity, severityOf } from '../errors/index.ts';
import { type ParseOptions, parseResource, type Resource, type SchemaIssue } from '../resources/index.ts';
import { fitted, formatNamespacedName, interned, type OneCopy } from '../values/index.ts';
import { keyOfRef, refOf } from './object-key.ts';
import { isObject } from './plain-object.ts';

/** The label that an API server puts on every Namespace. */
export const NAMESPACE_LABEL = 'kubernetes.io/metadata.name';

/** How to read an object that is kept. */
export interface AdmitOptions extends ParseOptions {
  /** Of all that its store keeps. Default: it has its parts for itself. */
  readonly copies?: OneCopy;
}

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
  /** An API server would refuse it; an error among the issues says why. */
  readonly isRefused: boolean;
  readonly issues: readonly ObjectIssue[];
  /** How many there are, of which `issues` tells some: what was not looked at counts as faulty. 0 when it is not refused. */
  readonly faults: number;
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
export function admit(value: unknown, options: AdmitOptions): AdmittedObject {
  const isNamespace = isObject(value) && value['kind'] === 'Namespace';
  const parsed = parseResource(isNamespace ? withNameLabel(value) : value, options);
  switch (parsed.outcome) {
    case 'resource': {
      const { resource, warnings } = parsed;
      const issues = fitted(warnings.map(found => withSeverity(found, 'warning')));
      options.copies?.keepParts(resource);
      return { ...named(refOf(resource)), resource, isRefused: false, issues, faults: 0 };
    }
    case 'refused':
      return {
        ...(parsed.ref.kind === '' && parsed.ref.name === '' ? NAMELESS : named(parsed.ref)),
        resource: undefined,
        isRefused: true,
        issues: parsed.issues.map(found => withSeverity(found, 'error')),
        faults: parsed.faults,
      };
    case 'unknown':
      return {
        ...named(parsed.unknown),
        resource: undefined,
        isRefused: false,
        issues: [unknownKind(parsed.unknown, parsed.isKnown)],
        faults: 0,
      };
  }
}

function named(ref: ResourceRef): Pick<AdmittedObject, 'key' | 'fullName'> & { readonly ref: ResourceRef } {
  return { ref, key: interned(keyOfRef(ref)), fullName: interned(formatNamespacedName(ref)) };
}

/** An issue of the store's own; its severity is the catalogue's. */
export function issue(code: FindingCode, text: Pick<ObjectIssue, 'path' | 'message' | 'help'>): ObjectIssue {
  return { code, severity: severityOf(code), ...text };
}

const NAMELESS = { ref: undefined, key: '', fullName: '' } as const;

function withSeverity(found: SchemaIssue, severity: Severity): ObjectIssue {
  return { ...found, severity };
}

function unknownKind(ref: ResourceRef, isKnown: boolean): ObjectIssue {
  const name = `${ref.kind} (${ref.apiVersion})`;
  if (isKnown) {
    return issue('store/ignored-kind', {
      path: ['kind'],
      message: `${name} has no effect: daemun has no use for it`,
      help: 'nothing needs to be done',
    });
  }
  return issue('store/unknown-kind', {
    path: ['kind'],
    message: `${name} is not a kind that daemun knows; the object is ignored`,
    help: 'check the spelling of kind and apiVersion',
  });
}

function withNameLabel(value: Record<string, unknown>): unknown {
  const { metadata } = value;
  if (!isObject(metadata) || typeof metadata['name'] !== 'string') return value;
  const labels = metadata['labels'] ?? {};
  if (!isObject(labels)) return value;
  return { ...value, metadata: { ...metadata, labels: { ...labels, [NAMESPACE_LABEL]: metadata['name'] } } };
}
