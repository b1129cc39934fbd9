// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { GRPCRoute } from '../../resources/index.ts';
import { compareStrings } from '../../values/index.ts';
import { warningFinding } from '../report.ts';
import type { TranslatedRoute } from '../rules/grpc-route.ts';

interface Suspect {
  readonly route: GRPCRoute;
  readonly path: readonly (string | number)[];
  readonly service: string;
}

/**
 * Exact services that look like a package: `com.example` with the last part not capitalised, where gRPC's path has
 * `package.Service`. Another route's or rule's service in that package is suggested. One pass over all entries, and a
 * second one only when there is a suspect.
 */
export function lintPackages(routes: ReadonlyMap<string, TranslatedRoute>): readonly Finding[] {
  const suspects: Suspect[] = [];
  for (const translated of routes.values()) collectSuspects(translated, suspects);
  if (suspects.length === 0) return [];
  const known = servicesByPackage(routes, new Set(suspects.map(suspect => suspect.service)));
  return suspects.map(suspect => packageFinding(suspect, known.get(suspect.service)));
}

function collectSuspects({ route, entries }: TranslatedRoute, suspects: Suspect[]): void {
  for (const { entry } of entries) {
    const { method } = entry.match;
    if (method?.kind !== 'exact' || method.service === null || !looksLikePackage(method.service)) continue;
    const path = ['spec', 'rules', entry.rule.origin.ruleIndex, 'matches', entry.matchIndex, 'method', 'service'];
    suspects.push({ route, path, service: method.service });
  }
}

function looksLikePackage(service: string): boolean {
  const first = service.charCodeAt(service.lastIndexOf('.') + 1);
  return service.includes('.') && first >= 0x61 && first <= 0x7a;
}

function servicesByPackage(
  routes: ReadonlyMap<string, TranslatedRoute>,
  packages: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const known = new Map<string, string>();
  for (const { entries } of routes.values()) {
    for (const { entry } of entries) {
      const service = entry.match.method?.kind === 'exact' ? entry.match.method.service : null;
      if (service === null) continue;
      const packageName = service.slice(0, service.lastIndexOf('.'));
      if (!packages.has(packageName) || looksLikePackage(service)) continue;
      const other = known.get(packageName);
      if (other === undefined || compareStrings(service, other) < 0) known.set(packageName, service);
    }
  }
  return known;
}

function packageFinding({ route, path, service }: Suspect, suggestion: string | undefined): Finding {
  const guess = suggestion ?? `${service}.User`;
  return warningFinding('lint/service-looks-like-package', route, {
    path,
    message: `service ${service} looks like a package: its last part is not capitalised; did you mean ${suggestion === undefined ? 'for example ' : ''}${guess}?`,
    help: `Write the full name, package.Service, as in the path /package.Service/Method`,
  });
}
