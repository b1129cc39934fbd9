// SPDX-License-Identifier: Apache-2.0

import type { Troubles } from '../shown/trouble.ts';
import type { Counts, StatusPage, StatusSource } from './status-page.ts';

/** How a gateway is, be it one process or the replicas in a cluster; what `status -o json` prints. Times are RFC 3339. */
export interface StatusReport {
  /** No trouble of severity error is known. */
  readonly healthy: boolean;
  /** Where the resources come from. */
  readonly source: Pick<StatusSource, 'kind'> & { readonly names: readonly string[] };
  /** Who writes statuses; '': nobody is known to; null: there are none to write. */
  readonly leader: string | null;
  readonly replicas: readonly Replica[];
  readonly counts: Counts;
  readonly firstToExpire: StatusPage['firstToExpire'];
  readonly troubles: Troubles;
}

/** One process. */
export interface Replica {
  /** A Pod, or where the process answers. */
  readonly name: string;
  /** What it says of itself; null: it could not be asked. */
  readonly told: Pick<StatusPage, 'versions' | 'state' | 'startedAt' | 'version' | 'changedAt'> | null;
  readonly isReady: boolean;
  readonly isLeading: boolean;
  /** Why it could not be asked, or is not ready, or that it does not follow its cluster; '' otherwise. */
  readonly note: string;
}

/** What a process says of itself, under a name. */
export function replicaOf({ source, readiness, ...page }: StatusPage, name: string): Replica {
  const { versions, state, startedAt, version, changedAt } = page;
  return {
    name,
    told: { versions, state, startedAt, version, changedAt },
    isReady: readiness.ready,
    isLeading: source.kind === 'cluster' && source.isLeading,
    note: readiness.ready ? staleNote(source) : readiness.reason,
  };
}

/** A process of an older version does not say. */
function staleNote(source: StatusSource): string {
  if (source.kind !== 'cluster' || typeof source.staleSince !== 'string') return '';
  return `has the cluster as it was at ${source.staleSince}`;
}

/** The report of one process. `address`: where it answers. */
export function reportOf(page: StatusPage, address: string): StatusReport {
  const { source, readiness, counts, firstToExpire, troubles } = page;
  return {
    healthy: readiness.ready && troubles.errors === 0,
    source: { kind: source.kind, names: namesOf(source) },
    leader: source.kind === 'cluster' ? source.leader : null,
    replicas: [replicaOf(page, `process ${page.process.pid} at ${address}`)],
    counts,
    firstToExpire,
    troubles,
  };
}

function namesOf(source: StatusSource): readonly string[] {
  return source.kind === 'files' ? source.paths : [`${source.server} as ${source.controllerName}`];
}
