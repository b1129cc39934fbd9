// SPDX-License-Identifier: Apache-2.0

import { endpointsOf } from '../../snapshot/index.ts';
import { compareStrings } from '../../values/index.ts';
import { DEFAULT_CONTROLLER_NAME } from '../kubernetes-options.ts';
import { type ReadCluster, type ReadClusterOptions, withCluster } from '../read-cluster.ts';
import { processError, processWarning, type Trouble, troublesOf } from '../shown/trouble.ts';
import { type LeaseHolder, leaseHolders } from './lease-holder.ts';
import { askEach, askPod, isStatusPage, listPods, POD_LABEL, type Pod } from './pods.ts';
import { type Replica, replicaOf, type StatusReport } from './report.ts';
import { resourceTroubles } from './resource-troubles.ts';
import { countsOf, firstToExpire, type StatusPage } from './status-page.ts';
import { storedStatuses } from './stored-statuses.ts';

/** Where the Lease is when no Pod is: as processes choose it. */
const LEASE_NAMESPACES = ['daemun-system', 'default'];

/** What is reported of a cluster, and of which Pods. */
export interface ReportOfPods {
  readonly report: StatusReport;
  /** Those of the controller, and those of which it is not known whose they are. */
  readonly pods: readonly Pod[];
  /** Why they cannot be listed; null: they can. */
  readonly unlisted: string | null;
}

/** A Pod, and what it says of itself; or why it says nothing. */
interface AskedPod {
  readonly pod: Pod;
  readonly page: StatusPage | null;
  readonly fault: string;
}

/**
 * How the daemun of a cluster is: by the statuses of its objects, the Lease, and what its Pods say of themselves through the API server.
 * What may not be asked is a trouble of its own. Rejects as `readCluster` does.
 */
export function readClusterReport(options: ReadClusterOptions): Promise<StatusReport> {
  return withCluster(options, async read => (await reportOfCluster(read, options)).report);
}

/** The same of a cluster that was read. */
export async function reportOfCluster(read: ReadCluster, options: ReadClusterOptions): Promise<ReportOfPods> {
  const controllerName = options.controllerName ?? DEFAULT_CONTROLLER_NAME;
  const nowMs = options.clock.wallMs();
  const listed = await listPods(read.client, controllerName);
  const asked = 'fault' in listed ? [] : await askEach(listed, pod => ask(read, options, pod));
  const pods = asked.filter(({ page }) => page === null || isOf(page, controllerName));
  const namespaces = [...pods.map(({ pod }) => pod.namespace), ...LEASE_NAMESPACES];
  const { found, refused } = await leaseHolders(read.client, { controllerName, namespaces, nowMs });
  const leases = found.filter(({ isAlive }) => isAlive);
  const noPods = `no Pod with the label ${POD_LABEL} is of ${controllerName}: processes that run elsewhere are not seen from here`;
  const unasked = [
    ...('fault' in listed ? [listed.fault] : pods.length === 0 ? [noPods] : []),
    ...refused.map(one => `Lease ${one} cannot be read`),
  ];
  return {
    report: reportOn(read, { controllerName, pods, leases, unasked, nowMs }),
    pods: pods.map(({ pod }) => pod),
    unlisted: 'fault' in listed ? listed.fault : null,
  };
}

async function ask({ client }: ReadCluster, { clock }: ReadClusterOptions, pod: Pod): Promise<AskedPod> {
  const answer = await askPod({ client, clock }, pod, 'status');
  if ('fault' in answer) return { pod, page: null, fault: answer.fault };
  const page = isStatusPage(answer.json) ? answer.json : null;
  return { pod, page, fault: page === null ? 'answers as no daemun of this version does' : '' };
}

function isOf({ source }: StatusPage, controllerName: string): boolean {
  return source.kind === 'cluster' && source.controllerName === controllerName;
}

interface Known {
  readonly controllerName: string;
  readonly pods: readonly AskedPod[];
  /** Those that are held. */
  readonly leases: readonly LeaseHolder[];
  readonly unasked: readonly string[];
  readonly nowMs: number;
}

function reportOn({ view, client }: ReadCluster, known: Known): StatusReport {
  const { controllerName, pods, leases, nowMs } = known;
  const stored = storedStatuses(view);
  const leader = leases.map(({ holder }) => holder).join(', ');
  const replicas = pods.map(one => replicaOfPod(one, leases));
  // Whoever serves knows more of endpoints and sockets than what is written.
  const best = (pods.find(({ page }) => page !== null && isLeading(page)) ?? pods.find(({ page }) => page !== null))
    ?.page;
  const troubles = troublesOf([
    ...resourceTroubles({ ...view, statuses: stored.statuses }, nowMs),
    ...unwrittenTroubles(stored.unwritten),
    ...leaderTroubles(known),
    ...podTroubles(pods),
    ...pageTroubles(pods),
    ...known.unasked.map(message => unaskedTrouble(message, 'kubectl auth can-i --list')),
  ]);
  return {
    healthy: troubles.errors === 0,
    source: { kind: 'cluster', names: [`${client.server} as ${controllerName}`] },
    leader,
    replicas,
    counts: best?.counts ?? countsOf(view, readyEndpoints(view)),
    firstToExpire: firstToExpire(view),
    troubles,
  };
}

function isLeading({ source }: StatusPage): boolean {
  return source.kind === 'cluster' && source.isLeading;
}

function replicaOfPod({ pod, page, fault }: AskedPod, leases: readonly LeaseHolder[]): Replica {
  const name = `${pod.namespace}/${pod.name}`;
  if (page !== null) return { ...replicaOf(page, name), isReady: pod.problem === '' && page.readiness.ready };
  const isHolder = leases.some(({ holder }) => holder.startsWith(`${pod.name}_`));
  const note = [pod.problem, fault].filter(text => text !== '').join('; ');
  return { name, told: null, isReady: pod.problem === '', isLeading: isHolder, note };
}

/** Endpoints as they are written; nothing is known of their health. */
function readyEndpoints({ published }: ReadCluster['view']): ReadonlyMap<string, { ready: number; all: number }> {
  return new Map(
    published.endpoints.map(set => {
      const endpoints = endpointsOf(set);
      const ready = endpoints.filter(({ state }) => state === 'ready').length;
      return [set.cluster, { ready, all: endpoints.length }];
    }),
  );
}

function unwrittenTroubles(unwritten: readonly string[]): Trouble[] {
  const [first] = unwritten;
  if (first === undefined) return [];
  const message = `${unwritten.length} objects have no status of daemun, or one of an older generation, such as ${first}`;
  return [processError({ subject: 'statuses', message, since: null, next: `kubectl get pods -A -l ${POD_LABEL}` })];
}

function leaderTroubles({ leases, pods }: Known): Trouble[] {
  const next = `kubectl get leases -A | grep leader`;
  if (leases.length > 1) {
    const places = leases.map(({ lease, holder }) => `${lease} by ${holder}`).join(', ');
    const message = `two write statuses, since they keep their Leases in two namespaces: ${places}; give both the same --lease-namespace`;
    return [processError({ subject: 'leader', message, since: null, next })];
  }
  // One that does without a Lease.
  if (leases.length === 1 || pods.some(({ page }) => page !== null && isLeading(page))) return [];
  const message = 'nobody holds the Lease, so no statuses are written';
  return [processError({ subject: 'leader', message, since: null, next })];
}

function podTroubles(pods: readonly AskedPod[]): Trouble[] {
  const unready = pods.flatMap(({ pod: { namespace, name, problem, since } }) =>
    problem === ''
      ? []
      : processError({
          subject: `Pod ${namespace}/${name}`,
          message: problem,
          since,
          next: `kubectl describe pod ${name} -n ${namespace}`,
        }),
  );
  const unasked = pods.flatMap(({ pod: { namespace, name, problem }, fault }) =>
    fault === '' || problem !== ''
      ? []
      : unaskedTrouble(`Pod ${namespace}/${name} ${fault}`, `kubectl exec ${name} -n ${namespace} -- daemun status`),
  );
  const versions = [...new Set(pods.flatMap(({ page }) => page?.versions.daemun ?? []))].sort(compareStrings);
  if (versions.length < 2) return [...unready, ...unasked];
  const message = `replicas are of several versions: ${versions.join(', ')}`;
  const mixed = processWarning({
    subject: 'versions',
    message,
    since: null,
    next: 'kubectl rollout status deployment -A',
  });
  return [...unready, ...unasked, mixed];
}

/** What Pods say of themselves; what several say is told once. */
function pageTroubles(pods: readonly AskedPod[]): Trouble[] {
  const said = new Map<string, { trouble: Trouble; names: string[] }>();
  for (const { pod, page } of pods) {
    for (const trouble of page?.troubles.shown ?? []) {
      if (trouble.of !== 'process') continue;
      const key = `${trouble.subject} ${trouble.message}`;
      const known = said.get(key);
      if (known === undefined) said.set(key, { trouble, names: [pod.name] });
      else known.names.push(pod.name);
    }
  }
  return Array.from(said.values(), ({ trouble, names }) => ({
    ...trouble,
    message: `${trouble.message} (${names.join(', ')})`,
  }));
}

function unaskedTrouble(message: string, next: string): Trouble {
  return processWarning({
    subject: 'not known',
    message: `${message}; what it would say is missing here`,
    since: null,
    next,
  });
}
