// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import { updateSorted } from '../changes.ts';
import { lintPackages, type PackageLint } from '../lint/packages.ts';
import type { TranslatedRoute } from '../rules/grpc-route.ts';
import type { RouteChange } from './routes.ts';

/** What is said about all routes together; kept up to date by what changed, since there may be 10,000 of them. */
export interface RouteSummary {
  /** Listener id → how many routes are attached to it. */
  readonly attached: ReadonlyMap<string, number>;
  /** Gateway → how many routes with rules serve it. */
  readonly serving: ReadonlyMap<string, number>;
  /** Gateway → how many of them take server reflection. */
  readonly reflecting: ReadonlyMap<string, number>;
  /** The findings of routes that have any, by route, sorted. */
  readonly findings: ReadonlyMap<string, readonly Finding[]>;
  readonly packages: PackageLint;
}

/** Brings the summary up to date. */
export function summariseRoutes(
  routes: { readonly byKey: ReadonlyMap<string, TranslatedRoute>; readonly changes: ReadonlyMap<string, RouteChange> },
  previous: RouteSummary | undefined,
): RouteSummary {
  if (previous !== undefined && routes.changes.size === 0) return previous;
  const attached = new Map(previous?.attached);
  const serving = new Map(previous?.serving);
  const reflecting = new Map(previous?.reflecting);
  const findings = new Map<string, readonly Finding[] | undefined>();
  for (const [key, { before, after }] of routes.changes) {
    for (const [route, change] of [
      [before, -1],
      [after, 1],
    ] as const) {
      if (route === undefined) continue;
      const gateways = new Set<string>();
      for (const { listener } of route.attachments) {
        count(attached, listener.id, change);
        gateways.add(listener.id.slice(0, listener.id.lastIndexOf('/')));
      }
      if (route.entries.length === 0) continue;
      for (const gateway of gateways) {
        count(serving, gateway, change);
        if (route.takesReflection) count(reflecting, gateway, change);
      }
    }
    if (before?.findings === after?.findings) continue;
    if (after !== undefined && after.findings.length > 0) findings.set(key, after.findings);
    else if (previous?.findings.has(key) === true) findings.set(key, undefined);
  }
  return {
    attached,
    serving,
    reflecting,
    findings: updateSorted(previous?.findings ?? new Map(), findings),
    packages: lintPackages(routes, previous?.packages),
  };
}

function count(counts: Map<string, number>, key: string, change: 1 | -1): void {
  const next = (counts.get(key) ?? 0) + change;
  if (next === 0) counts.delete(key);
  else counts.set(key, next);
}
