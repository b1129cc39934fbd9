// SPDX-License-Identifier: Apache-2.0
import { CATALOGUE, type Finding, MAX_LISTED_FINDINGS } from '../../errors/index.ts';

/** The findings that people are shown: all of them, or the gravest as they come, and one that says how many more there are. `moreWarnings`: those beside `findings`, as in `Translation`. */
export function listedFindings(findings: readonly Finding[], moreWarnings: number): readonly Finding[] {
  const count = findings.length + moreWarnings;
  if (count <= MAX_LISTED_FINDINGS) return findings;
  const bySeverity = Map.groupBy(findings, ({ severity }) => severity);
  const gravest = (['error', 'warning', 'info'] as const).flatMap(severity => bySeverity.get(severity) ?? []);
  const listed = new Set(gravest.slice(0, MAX_LISTED_FINDINGS));
  const errors = (bySeverity.get('error')?.length ?? 0) - MAX_LISTED_FINDINGS;
  return [...findings.filter(finding => listed.has(finding)), moreFindings(count - listed.size, errors)];
}

function moreFindings(count: number, errors: number): Finding {
  const { severity, help } = CATALOGUE['store/more'];
  const message = `${count} more findings, ${Math.max(0, errors)} of them errors, are not listed`;
  return { code: 'store/more', severity: errors > 0 ? severity : 'warning', path: [], message, help };
}
