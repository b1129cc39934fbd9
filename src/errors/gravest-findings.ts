// SPDX-License-Identifier: Apache-2.0

import { CATALOGUE } from './catalogue.ts';
import type { Finding, ResourceRef } from './finding.ts';

/** How many findings are listed, and what else there is to know of them. */
export interface ListedFindings {
  readonly most: number;
  /** Warnings beside those that are there, which were counted and not made. Default 0. */
  readonly moreWarnings?: number;
  /** Whose findings all of them are. Default: of many. */
  readonly of?: ResourceRef;
}

/** All findings, or the gravest of them in the order in which they come, and one that says how many more there are. */
export function gravestFindings(
  findings: readonly Finding[],
  { most, moreWarnings = 0, of }: ListedFindings,
): readonly Finding[] {
  const count = findings.length + moreWarnings;
  if (count <= most) return findings;
  const bySeverity = Map.groupBy(findings, ({ severity }) => severity);
  const gravest = (['error', 'warning', 'info'] as const).flatMap(severity => bySeverity.get(severity) ?? []);
  const listed = new Set(gravest.slice(0, most));
  const errors = Math.max(0, (bySeverity.get('error')?.length ?? 0) - most);
  const more = moreFindings(count - listed.size, errors);
  return [...findings.filter(finding => listed.has(finding)), of === undefined ? more : { ...more, resource: of }];
}

/** That there are `count` more, so many errors among them. `about`: whose they are, as ` about …`. Default: anybody's. */
export function moreFindings(count: number, errors: number, about = ''): Finding {
  const { severity, help } = CATALOGUE['store/more'];
  const message = `${count} more findings${about}, ${errors} of them errors, are not listed`;
  return { code: 'store/more', severity: errors > 0 ? severity : 'warning', path: [], message, help };
}
