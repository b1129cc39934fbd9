// SPDX-License-Identifier: Apache-2.0

import type { ClusterReadiness, UnresolvedName, WorkerCount } from '../../proxy/index.ts';
import { transportOf } from '../../snapshot/index.ts';
import { socketAddress } from '../../values/index.ts';
import { processError, processWarning, type Trouble, timeText } from '../shown/trouble.ts';
import type { View } from '../shown/view.ts';
import type { ProcessRecord } from './process-record.ts';

/** Workers that ended are told of for so long after the last one did. */
const WORKER_NEWS_MS = 15 * 60_000;
/** A change that waits longer than this to be served does not just wait its turn. */
const LATE_MS = 10_000;

/** What a process knows of itself. */
export interface ProcessParts {
  readonly record: ProcessRecord;
  readonly view: Pick<View, 'published' | 'bindFailures'> | null;
  readonly workers: WorkerCount;
  /** By cluster. */
  readonly endpoints: ReadonlyMap<string, ClusterReadiness>;
  /** Names of endpoints that cannot be looked up. */
  readonly names: readonly UnresolvedName[];
  /** How long the oldest change waits that is not served yet. */
  readonly waitingMs: number;
  /** Of the wall clock. */
  readonly nowMs: number;
}

/** What is not well with this process, apart from what it serves and where that comes from. */
export function processTroubles(parts: ProcessParts): Trouble[] {
  return [
    ...unboundSockets(parts),
    ...reloads(parts),
    ...workerTroubles(parts),
    ...endpointTroubles(parts),
    ...nameTroubles(parts),
  ];
}

function unboundSockets({ record, view, nowMs }: ProcessParts): Trouble[] {
  if (view === null) return [];
  return view.published.bindings.flatMap(({ id, address, port, admission }) => {
    const failure = view.bindFailures.get(id);
    if (failure === undefined) return [];
    const transport = transportOf(admission);
    return processError({
      subject: `socket ${socketAddress(address, port)}/${transport}`,
      message: `it cannot be bound, and is tried again every second: ${failure.message}`,
      since: timeText(record.unboundSinceMs(id, nowMs)),
      next: transport === 'udp' ? `ss -lunp 'sport = :${port}'` : `ss -ltnp 'sport = :${port}'`,
    });
  });
}

function reloads({ record, waitingMs, nowMs }: ProcessParts): Trouble[] {
  const { reloadFailure } = record;
  const failures = reloadFailure === null ? [] : [reloadFailure];
  const failed = failures.map(({ message, sinceMs }) =>
    processError({
      subject: 'configuration',
      message: `a reload failed, and what was served by then goes on; this is a fault of daemun: ${message}`,
      since: timeText(sinceMs),
      next: 'daemun bundle',
    }),
  );
  if (waitingMs < LATE_MS) return failed;
  const late = processError({
    subject: 'configuration',
    message: 'a change is not served yet: a worker does not answer, or the machine is overloaded',
    since: timeText(nowMs - waitingMs),
    next: 'daemun bundle',
  });
  return [...failed, late];
}

function workerTroubles({ workers, nowMs }: ProcessParts): Trouble[] {
  const { running, wanted, ended, endedAtMs } = workers;
  if (endedAtMs === null || (running === wanted && nowMs - endedAtMs > WORKER_NEWS_MS)) return [];
  const times = ended === 1 ? 'once' : `${ended} times`;
  const message = `${running} of ${wanted} run; one ended by itself ${times} since the start, and its connections were lost; the log says why`;
  const trouble = { subject: 'workers', message, since: timeText(endedAtMs), next: 'daemun bundle' };
  return [running === wanted ? processWarning(trouble) : processError(trouble)];
}

function endpointTroubles({ endpoints }: ProcessParts): Trouble[] {
  return [...endpoints].flatMap(([cluster, { all, noneSinceMs }]) => {
    if (noneSinceMs === null) return [];
    const message = all === 0 ? 'it has no endpoints' : `none of its ${all} endpoints is ready`;
    const next = 'daemun proxy-config endpoint';
    return processError({ subject: `backend ${cluster}`, message, since: timeText(noneSinceMs), next });
  });
}

/** What is served without these names is told of each backend. */
function nameTroubles({ names }: ProcessParts): Trouble[] {
  return names.map(({ name, reason, sinceMs, kept }) => {
    const known = kept === 1 ? 'the address that it had stays in use' : `the ${kept} addresses that it had stay in use`;
    const outcome = kept === 0 ? 'it has no endpoints' : known;
    return processWarning({
      subject: `host ${name}`,
      message: `it cannot be looked up, and ${outcome}: ${reason}`,
      since: timeText(sinceMs),
      next: `getent ahosts ${name}`,
    });
  });
}
