// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import { count, updateSorted } from '../changes.ts';
import { findingsOfRoute } from '../report.ts';
import type { TranslatedRoute } from '../rules/translate-route.ts';
import type { TranslatedRoutes } from '../rules/translated-routes.ts';
import { lintPackages, type PackageLint } from './packages.ts';
import { type LoopCandidate, loopCandidates } from './redirect-loops.ts';
import { takesReflection } from './reflection.ts';
import { lintRoute } from './route-lints.ts';
import { tolerate } from './tolerate.ts';

/** What there is to say about routes; kept up to date by what changed, since there may be 10,000 of them. */
export interface RouteLints {
  /** What the translation said of a route, then what the lints add, by route, sorted; only routes that have any. */
  readonly findings: ReadonlyMap<string, readonly Finding[]>;
  /** Gateway → how many routes with gRPC rules serve it. */
  readonly serving: ReadonlyMap<string, number>;
  /** Gateway → how many of them take server reflection. */
  readonly reflecting: ReadonlyMap<string, number>;
  readonly packages: PackageLint;
  /** Redirects that may lead back to themselves, by route; only routes that have any. */
  readonly loops: ReadonlyMap<string, readonly LoopCandidate[]>;
}

/** Brings the lints of routes up to date. */
export function lintRoutes(routes: TranslatedRoutes, previous: RouteLints | undefined): RouteLints {
  if (previous !== undefined && routes.changes.size === 0) return previous;
  const serving = new Map(previous?.serving);
  const reflecting = new Map(previous?.reflecting);
  const loops = new Map(previous?.loops);
  const findings = new Map<string, readonly Finding[] | undefined>();
  for (const [key, { before, after }] of routes.changes) {
    countReflection(before, -1, { serving, reflecting });
    countReflection(after, 1, { serving, reflecting });
    const candidates = after === undefined ? [] : loopCandidates(after);
    if (candidates.length > 0) loops.set(key, candidates);
    else loops.delete(key);
    const list = after === undefined || after.isForeign ? [] : [...after.findings, ...lintsOf(after)];
    if (list.length > 0) findings.set(key, list);
    else if (previous?.findings.has(key) === true) findings.set(key, undefined);
  }
  return {
    findings: updateSorted(previous?.findings ?? new Map(), findings),
    serving,
    reflecting,
    packages: lintPackages(routes, previous?.packages),
    loops,
  };
}

function lintsOf(route: TranslatedRoute): readonly Finding[] {
  const lints = tolerate(route.route, () => lintRoute(route));
  return findingsOfRoute(route.route, lints);
}

interface ReflectionCounts {
  readonly serving: Map<string, number>;
  readonly reflecting: Map<string, number>;
}

function countReflection(
  route: TranslatedRoute | undefined,
  change: 1 | -1,
  { serving, reflecting }: ReflectionCounts,
): void {
  if (route?.entries.some(({ entry }) => entry.match.kind === 'grpc') !== true) return;
  const reflects = route.entries.some(({ entry }) => takesReflection(entry.match));
  const gateways = new Set(route.attachments.map(({ listener: { gateway } }) => gateway));
  for (const gateway of gateways) {
    if (gateway === null) continue;
    count(serving, gateway, change);
    if (reflects) count(reflecting, gateway, change);
  }
}
