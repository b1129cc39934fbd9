// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import { share } from '../../values/index.ts';
import { updateSorted } from '../changes.ts';
import type { ParentOutcome, RouteOutcome } from '../outcomes.ts';
import { findingOf } from '../report.ts';
import type { TranslatedRoute } from '../rules/translate-route.ts';
import type { TranslatedRoutes } from '../rules/translated-routes.ts';
import type { FrontendGroup, FrontendGroups } from './frontend-groups.ts';

/** What became of routes, now that those of all others are known. */
export interface SettledRoutes {
  /** By `Kind/namespace/name`, sorted. */
  readonly outcomes: ReadonlyMap<string, RouteOutcome>;
  /** By route, sorted; only routes that have any. */
  readonly findings: ReadonlyMap<string, readonly Finding[]>;
}

const NONE: SettledRoutes = { outcomes: new Map(), findings: new Map() };

/** Refuses routes at ports of Services where routes of another kind are applied. Outcomes that did not change keep their identity. */
export function settleRoutes(
  { changes, byKey }: TranslatedRoutes,
  groups: FrontendGroups,
  previous: SettledRoutes = NONE,
): SettledRoutes {
  const outcomes = new Map<string, RouteOutcome | undefined>();
  const findings = new Map<string, readonly Finding[] | undefined>();
  for (const key of new Set([...changes.keys(), ...groups.concerned])) {
    const route = byKey.get(key);
    const settled = route === undefined ? undefined : settle(route, groups);
    const before = previous.outcomes.get(key);
    const outcome = settled === undefined ? undefined : share(before, settled.outcome);
    if (outcome !== before) outcomes.set(key, outcome);
    const said = settled === undefined || settled.findings.length === 0 ? undefined : settled.findings;
    if (said !== undefined || previous.findings.has(key)) findings.set(key, said);
  }
  return {
    outcomes: updateSorted(previous.outcomes, outcomes),
    findings: updateSorted(previous.findings, findings),
  };
}

function settle(
  { route, outcome }: TranslatedRoute,
  { byId }: FrontendGroups,
): { readonly outcome: RouteOutcome; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const parents = outcome.parents.map((parent): ParentOutcome => {
    const [first, ...more] = parent.listeners
      .flatMap(id => byId.get(id) ?? [])
      .filter(({ kind }) => kind !== route.kind);
    if (first === undefined) return parent;
    const lost: readonly [FrontendGroup, ...FrontendGroup[]] = [first, ...more];
    const listeners = parent.listeners.filter(id => !lost.some(group => group.id === id));
    const finding = conflict(route, parent, { lost, keepsOthers: listeners.length > 0 });
    findings.push(finding);
    if (listeners.length > 0) return { ...parent, listeners };
    return { ...parent, listeners, accepted: { reason: 'Conflicted', finding } };
  });
  return findings.length === 0 ? { outcome, findings } : { outcome: { ...outcome, parents }, findings };
}

function conflict(
  route: TranslatedRoute['route'],
  { parentRef }: ParentOutcome,
  { lost, keepsOthers }: { readonly lost: readonly [FrontendGroup, ...FrontendGroup[]]; readonly keepsOthers: boolean },
): Finding {
  const [first] = lost;
  const { service, kind, example } = first;
  const ports = lost.map(({ port }) => port).join(', ');
  // There is no outcome of a parent that is not ours.
  const index = (route.spec.parentRefs ?? []).findIndex(ref => share(ref, parentRef) === ref);
  return findingOf(keepsOthers ? 'route/port-of-another-kind' : 'route/kind-conflict', route, {
    path: ['spec', 'parentRefs', index],
    message: `Port ${ports} of Service ${service} is routed by ${kind}s, ${example.slice(example.indexOf('/') + 1)} among them; of several kinds at a port one is applied: GRPCRoute, else HTTPRoute, TLSRoute, TCPRoute`,
    help: `Write this route as ${kind}, or give it a port of its own (parentRefs[].port)`,
  });
}
