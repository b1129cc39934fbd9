// SPDX-License-Identifier: Apache-2.0

import type { ClusterHealthReport, Freshness } from '../../store/index.ts';
import { processError, processWarning, type Trouble, timeText } from '../shown/trouble.ts';
import type { WriterState } from '../writing/writer-state.ts';

/** A right is of a kind; who stands between has its own reasons for each object. */
const WHO_REFUSES =
  'kubectl get validatingadmissionpolicies,validatingwebhookconfigurations,mutatingwebhookconfigurations,resourcequotas -A';

/** How well a cluster is followed. */
export interface Following extends ClusterHealthReport {
  readonly freshness: Freshness;
}

/**
 * What is not well between this process and the cluster that it follows. What is served goes on; but what is written from now on is not
 * served, or nobody is told. `server`: its URL.
 */
export function clusterTroubles(server: string, following: Following, writer: WriterState): Trouble[] {
  return [
    ...readTroubles(server, following),
    ...leaseTroubles(writer),
    ...writeTroubles(writer),
    ...contestTroubles(writer),
  ];
}

function readTroubles(server: string, { failing, denied, freshness }: Following): Trouble[] {
  const gone = failing === null ? [] : [failing];
  return [
    ...keptTroubles(server, freshness),
    ...gone.map(({ message, sinceMs }) =>
      processError({
        subject: `API server ${server}`,
        message: `it fails; what is served goes on, and changes wait: ${message}`,
        since: timeText(sinceMs),
        next: 'kubectl get --raw /readyz?verbose',
      }),
    ),
    ...denied.map(({ kind, message, sinceMs }) =>
      processError({
        subject: `kind ${kind}`,
        message: `it may not be read; what was read of it before is served on: ${message}`,
        since: timeText(sinceMs),
        next: 'kubectl describe clusterrole -l app.kubernetes.io/name=daemun',
      }),
    ),
  ];
}

function keptTroubles(server: string, freshness: Freshness): Trouble[] {
  if (freshness.state !== 'kept' && freshness.state !== 'partly-kept') return [];
  const since = timeText(freshness.sinceMs);
  const told = {
    subject: 'configuration',
    message: keptMessage(freshness, since),
    since,
    next: `kubectl --server ${server} get --raw /readyz?verbose`,
  };
  return [processError(told)];
}

function keptMessage(freshness: Exclude<Freshness, { readonly state: 'followed' | 'cut-off' }>, since: string): string {
  return freshness.state === 'kept'
    ? `this process has not read the cluster yet: it serves what was known before it started, as of ${since}`
    : `since this process started it could not read ${freshness.unread.join(', ')}: it serves those that were known before, as of ${since}`;
}

function leaseTroubles({ lease, leaseTrouble }: WriterState): Trouble[] {
  if (leaseTrouble === null) return [];
  const { message, sinceMs } = leaseTrouble;
  const [namespace = '', name = ''] = lease.split('/');
  const told = {
    subject: `Lease ${lease}`,
    message: `it cannot be had, so this process writes no statuses: ${message}`,
    since: timeText(sinceMs),
    next: `kubectl get lease ${name} -n ${namespace} -o yaml`,
  };
  return [processError(told)];
}

function writeTroubles({ refused }: WriterState): Trouble[] {
  return Object.values(refused).flatMap(writes =>
    writes.map(({ what, message, sinceMs }) =>
      processError({
        subject: what.includes('/') ? what : `kind ${what}`,
        message: `the API server does not take what is written of it, which is tried again every minute: ${message}`,
        since: timeText(sinceMs),
        next: what.includes('/') ? WHO_REFUSES : 'kubectl describe clusterrole -l app.kubernetes.io/name=daemun',
      }),
    ),
  );
}

function contestTroubles({ contested }: WriterState): Trouble[] {
  return contested.map(({ what, sinceMs }) =>
    processWarning({
      subject: what,
      message:
        'somebody else undoes what is written of it, so it is written once a minute only; each installation needs a --controller-name of its own',
      since: timeText(sinceMs),
      next: 'kubectl get leases -A',
    }),
  );
}
