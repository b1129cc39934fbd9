// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import { compareStrings, fitted } from '../../values/index.ts';
import { updateSorted } from '../changes.ts';
import { findingOf, type Named } from '../report.ts';
import type { RankedEntry } from '../rules/precedence.ts';

/** An exact service that looks like a package. */
export interface Suspect {
  readonly path: readonly (string | number)[];
  readonly service: string;
}

/** What the lint looks at in a route. */
export interface LintedRoute {
  readonly route: Named;
  readonly entries: readonly RankedEntry[];
}

/** A route with services that look like a package. */
interface SuspectRoute {
  readonly route: Named;
  readonly suspects: readonly Suspect[];
}

/** The lint's result, kept for the next time. */
export interface PackageLint {
  /** The services of suspects. */
  readonly packages: ReadonlySet<string>;
  /** Package → the first service that any rule names in it. */
  readonly known: ReadonlyMap<string, string>;
  /** Routes with suspects, sorted by key. */
  readonly suspects: ReadonlyMap<string, SuspectRoute>;
  /** The findings of each of them. */
  readonly findings: ReadonlyMap<string, readonly Finding[]>;
}

const NOTHING: PackageLint = { packages: new Set(), known: new Map(), suspects: new Map(), findings: new Map() };

interface LintedChange {
  readonly before: LintedRoute | undefined;
  readonly after: LintedRoute | undefined;
}

/** The services of `entries` that look like a package: `com.example` with the last part not capitalised. */
function findSuspects(entries: readonly RankedEntry[]): readonly Suspect[] {
  const suspects: Suspect[] = [];
  for (const { entry } of entries) {
    const service = exactService({ entry });
    if (service === null || !looksLikePackage(service)) continue;
    const path = ['spec', 'rules', entry.rule.origin.ruleIndex, 'matches', entry.matchIndex, 'method', 'service'];
    suspects.push({ path, service });
  }
  return fitted(suspects);
}

/**
 * Exact services that look like a package, where gRPC's path has `package.Service`. The service of any rule in that
 * package is suggested. All entries are looked through only when a service of a suspect's package came or went, or a
 * suspect names a new one; else only the routes that changed.
 */
export function lintPackages(
  routes: {
    readonly byKey: ReadonlyMap<string, LintedRoute>;
    readonly changes: ReadonlyMap<string, LintedChange>;
  },
  previous: PackageLint = NOTHING,
): PackageLint {
  const updates = new Map<string, SuspectRoute | undefined>();
  for (const [key, { after }] of routes.changes) {
    const suspects = after === undefined ? [] : findSuspects(after.entries);
    if (after !== undefined && suspects.length > 0) updates.set(key, { route: after.route, suspects });
    else if (previous.suspects.has(key)) updates.set(key, undefined);
  }
  const suspects = updateSorted(previous.suspects, updates);
  if (suspects.size === 0) return NOTHING;
  const isKnown = [...updates.values()].every(route => namesOnly(route, previous.packages));
  if (isKnown && !touchesPackages(routes.changes, previous.packages)) {
    const changed = new Map([...updates].map(([key, route]) => [key, packageFindings(route, previous.known)]));
    return { ...previous, suspects, findings: updateSorted(previous.findings, changed) };
  }
  const packages = new Set<string>();
  for (const route of suspects.values()) for (const suspect of route.suspects) packages.add(suspect.service);
  const known = servicesByPackage(routes.byKey.values(), packages);
  const findings = new Map([...suspects].map(([key, route]) => [key, packageFindings(route, known) ?? []]));
  return { packages, known, suspects, findings };
}

/** Findings told one by one. Where there are more the names are a habit, and not slips. */
const MAX_TOLD = 20;

/** What there is to say: the first of the findings, and how many more services there are. */
export function toldPackages({ findings }: PackageLint): readonly Finding[] {
  const all = [...findings.values()].flat();
  if (all.length <= MAX_TOLD + 1) return all;
  const [next] = all.slice(MAX_TOLD);
  if (next === undefined) return all;
  const message = `${all.length - MAX_TOLD} more services of rules look like packages: their last parts are not capitalised`;
  return [...all.slice(0, MAX_TOLD), { ...next, message }];
}

function namesOnly(route: SuspectRoute | undefined, packages: ReadonlySet<string>): boolean {
  return route === undefined || route.suspects.every(suspect => packages.has(suspect.service));
}

function packageFindings(
  linted: SuspectRoute | undefined,
  known: ReadonlyMap<string, string>,
): readonly Finding[] | undefined {
  return linted?.suspects.map(suspect => packageFinding(linted.route, suspect, known.get(suspect.service)));
}

function exactService({ entry }: Pick<RankedEntry, 'entry'>): string | null {
  const { match } = entry;
  return match.kind === 'grpc' && match.method?.kind === 'exact' ? match.method.service : null;
}

function looksLikePackage(service: string): boolean {
  const first = service.charCodeAt(service.lastIndexOf('.') + 1);
  return service.includes('.') && first >= 0x61 && first <= 0x7a;
}

function packageOf(service: string): string {
  return service.slice(0, service.lastIndexOf('.'));
}

function touchesPackages(changes: ReadonlyMap<string, LintedChange>, packages: ReadonlySet<string>): boolean {
  for (const { before, after } of changes.values()) {
    for (const entry of [...(before?.entries ?? []), ...(after?.entries ?? [])]) {
      const service = exactService(entry);
      if (service !== null && packages.has(packageOf(service))) return true;
    }
  }
  return false;
}

function servicesByPackage(routes: Iterable<LintedRoute>, packages: ReadonlySet<string>): ReadonlyMap<string, string> {
  const known = new Map<string, string>();
  for (const { entries } of routes) {
    for (const entry of entries) {
      const service = exactService(entry);
      if (service === null || !packages.has(packageOf(service)) || looksLikePackage(service)) continue;
      const other = known.get(packageOf(service));
      if (other === undefined || compareStrings(service, other) < 0) known.set(packageOf(service), service);
    }
  }
  return known;
}

function packageFinding(route: Named, { path, service }: Suspect, suggestion: string | undefined): Finding {
  const guess = suggestion ?? `for example ${service}.User`;
  return findingOf('lint/service-looks-like-package', route, {
    path,
    message: `service ${service} looks like a package: its last part is not capitalised; did you mean ${guess}?`,
    help: 'Write the full name, package.Service, as in the path /package.Service/Method',
  });
}
