// SPDX-License-Identifier: Apache-2.0
import type { Finding, ResourceRef, Severity } from '../../errors/index.ts';
import type { ResourceSet } from '../../resources/index.ts';
import type { Store } from '../../store/index.ts';
import { compareStrings } from '../../values/index.ts';
import { ReferenceHints } from './reference-hints.ts';

/** A finding as tools read it (`check -o json`, `/findings`). Unknown parts are null, never missing. */
export interface LocatedFinding {
  readonly code: string;
  readonly severity: Severity;
  readonly resource: ResourceRef | null;
  /** As in Kubernetes: `spec.rules[0].matches[1]`; '' for the object as a whole. */
  readonly path: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  readonly message: string;
  readonly help: string;
}

/**
 * Looks up the places, and sorts by place; those without a place come last. The help of a reference that leads nowhere
 * says what it may mean among `resources`, of whatever namespace: this is for the operator.
 */
export function locateFindings(
  findings: readonly Finding[],
  store: Pick<Store, 'locate'>,
  resources: ResourceSet,
): LocatedFinding[] {
  const hints = new ReferenceHints(resources);
  return findings.map(finding => locateFinding(finding, store, hints)).sort(compareFindings);
}

function locateFinding(finding: Finding, store: Pick<Store, 'locate'>, hints: ReferenceHints): LocatedFinding {
  const { code, severity, resource, path, message } = finding;
  const place = finding.place ?? (resource === undefined ? undefined : store.locate(resource, path));
  return {
    code,
    severity,
    resource: resource ?? null,
    path: formatPath(path),
    file: place?.file ?? null,
    line: place?.line ?? null,
    column: place?.column ?? null,
    message,
    help: hints.helpOf(finding),
  };
}

/** `spec.rules[0].matches[1].headers`; a key that is no identifier stands in brackets. */
export function formatPath(path: readonly (string | number)[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    if (!/^[A-Za-z_][\w-]*$/.test(part)) return `${text}[${part}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
}

function compareFindings(a: LocatedFinding, b: LocatedFinding): number {
  if ((a.file === null) !== (b.file === null)) return a.file === null ? 1 : -1;
  return (
    compareStrings(a.file ?? '', b.file ?? '') ||
    (a.line ?? 0) - (b.line ?? 0) ||
    (a.column ?? 0) - (b.column ?? 0) ||
    compareStrings(a.code, b.code) ||
    compareStrings(a.message, b.message)
  );
}
