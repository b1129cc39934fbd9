// SPDX-License-Identifier: Apache-2.0
import type { Finding, ResourceRef } from '../../errors/index.ts';
import type { ResourceSet } from '../../resources/index.ts';
import { changedKeys } from '../../translate/index.ts';
import { formatPath } from '../shown/located-finding.ts';
import type { View } from '../shown/view.ts';

/** Objects that differ between two sets, by identity; kinds without a change are left out. `{ grpcRoutes: '+1 ~2 -0' }`. */
export function describeChanges(previous: ResourceSet, next: ResourceSet): Record<string, string> {
  const changes: Record<string, string> = {};
  for (const kind of Object.keys(next) as (keyof ResourceSet)[]) {
    if (previous[kind] === next[kind]) continue;
    const text = countChanges(previous[kind], next[kind]);
    if (text !== '') changes[kind] = text;
  }
  return changes;
}

function countChanges(previous: ReadonlyMap<string, unknown>, next: ReadonlyMap<string, unknown>): string {
  const keys = changedKeys(previous, next);
  const added = keys.filter(key => !previous.has(key)).length;
  const removed = previous.size + added - next.size;
  const changed = keys.length - added - removed;
  const parts = [added > 0 ? `+${added}` : '', changed > 0 ? `~${changed}` : '', removed > 0 ? `-${removed}` : ''];
  return parts.filter(part => part !== '').join(' ');
}

/** Findings that were not there before the reload. */
export function newFindings(view: View, previous: View | null): readonly Finding[] {
  if (previous === null) return view.findings;
  const fresh = othersThan(previous.findings, view.findings);
  if (fresh.length === 0) return fresh;
  const texts = new Set(othersThan(view.findings, previous.findings).map(keyOf));
  return fresh.filter(finding => !texts.has(keyOf(finding)));
}

/** Those of `findings` that are not among `known`, by identity, which most keep from one reload to the next. */
function othersThan(known: readonly Finding[], findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set(known);
  return findings.filter(finding => !seen.has(finding));
}

function keyOf(finding: Finding): string {
  return [finding.code, nameOf(finding.resource), formatPath(finding.path), finding.message].join('\n');
}

/** `Kind/namespace/name`. */
export function nameOf(resource: ResourceRef | undefined): string {
  if (resource === undefined) return '';
  return [resource.kind, resource.namespace, resource.name].filter(part => part !== '').join('/');
}
