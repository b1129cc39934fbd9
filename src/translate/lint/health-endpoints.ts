// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { HealthEndpoint, RouteEntry } from '../../snapshot/index.ts';
import { compareStrings, formatNamespacedName } from '../../values/index.ts';
import type { AcceptedGateway } from '../accept/gateways.ts';
import type { ListenerTables } from '../arbitrate/listener-tables.ts';
import { findingOf, routeOf } from '../report.ts';
import { HEALTH_ENDPOINT } from '../resolve/annotations/health-endpoint.ts';

/** Matches whose requests the health endpoint of a Gateway takes, all of them. Looks at routes of Gateways that have one. */
export function lintHealthEndpoints(gateways: readonly AcceptedGateway[], tables: ListenerTables): readonly Finding[] {
  const found = new Map<string, Finding>();
  for (const { gateway, health, listeners } of gateways) {
    if (health === null) continue;
    const lists = new Set(
      listeners.flatMap(({ judged }) => (tables.get(judged.id)?.virtualHosts ?? []).map(({ entries }) => entries)),
    );
    for (const entries of lists) {
      for (const entry of entries) {
        if (!isHidden(entry.match, health)) continue;
        const key = `${entry.rule.id}/${entry.matchIndex}`;
        if (!found.has(key)) found.set(key, hidden(entry, formatNamespacedName(gateway.metadata)));
      }
    }
  }
  return [...found].sort(([a], [b]) => compareStrings(a, b)).map(([, finding]) => finding);
}

function isHidden(match: RouteEntry['match'], { path, headers }: HealthEndpoint): boolean {
  if (match.kind !== 'http' || match.path.kind !== 'exact' || match.path.value !== path) return false;
  return headers.every(({ name, value }) =>
    match.headers.some(other => other.kind === 'exact' && other.name === name && other.value === value),
  );
}

function hidden({ rule: { origin }, matchIndex }: RouteEntry, gateway: string): Finding {
  return findingOf('lint/hidden-by-health-endpoint', routeOf(origin), {
    path: ['spec', 'rules', origin.ruleIndex, 'matches', matchIndex],
    message: `No request of Gateway ${gateway} gets here: its health endpoint takes them (${HEALTH_ENDPOINT.name})`,
    help: 'Remove the match, or let the health endpoint have another path',
  });
}
