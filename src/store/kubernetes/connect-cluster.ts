// SPDX-License-Identifier: Apache-2.0

import type { Clock, Random } from '../../time/index.ts';
import type { StoreLog } from './cluster-health.ts';
import { type CountedClient, countedClient } from './counted-client.ts';
import { type ClusterPlace, findCluster } from './find-cluster.ts';
import { httpsClient } from './https-client.ts';
import type { WorldKeeper } from './kept-world.ts';
import { isNotThere, type KubeClient, KubeRefusal } from './kube-client.ts';
import { type KubernetesStore, kubernetesStore } from './kubernetes-store.ts';
import { LeaderLease, type LeaderLeaseParts } from './leader-lease.ts';
import { outageClient } from './outage-client.ts';
import { OWN_NAMESPACE } from './own-namespace.ts';
import type { ClientPods } from './read-kinds.ts';
import { SecretEntries } from './secret-entries.ts';
import { type StatusWriterParts, statusWriter } from './status-writer.ts';
import { EVENT_PACE, WRITE_PACE } from './write-pace.ts';
import { WriteQueue, type WriteQueueParts } from './write-queue.ts';

export interface ClusterOptions {
  readonly place: ClusterPlace;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: StoreLog;
  /** Told when the API server begins to fail, with what failed: for those who do not wait for it. */
  readonly onFailing?: (message: string) => void;
  /** Keeps what is known of it over a restart. Default null: nobody does. */
  readonly keeper?: WorldKeeper | null;
  /** See `KubernetesStoreOptions`. */
  readonly waitsForRights?: boolean;
  readonly watchesRights?: boolean;
  /** Default: of none. */
  readonly clients?: ClientPods;
  /** Whether Secrets are read. Default true. */
  readonly secrets?: boolean;
}

/** A cluster that can be followed and written to. */
export interface OpenCluster {
  /** The API server's URL. */
  readonly server: string;
  readonly store: KubernetesStore;
  readonly client: CountedClient;
  readonly writers: ClusterWriters;
}

/** Makes what writes to the cluster; each does nothing before it is started. */
export interface ClusterWriters {
  /** Of statuses. */
  statuses(parts: Pick<StatusWriterParts, 'merge' | 'onRefused' | 'onContested'>): WriteQueue;
  /** Of objects that we own. */
  objects(parts: Pick<WriteQueueParts, 'prepare' | 'onRefused' | 'onContested'>): WriteQueue;
  events(parts: Pick<WriteQueueParts, 'prepare' | 'onRefused'>): WriteQueue;
  /** Of a Secret of our own; in `namespace`, null: daemun's own where that exists, else `default`. */
  secret(place: { readonly namespace: string | null; readonly name: string }): Promise<SecretEntries>;
  lease(parts: Omit<LeaderLeaseParts, 'client' | 'clock' | 'random'>): LeaderLease;
}

/** A store that follows the cluster, and writers to it. Nothing is sent before one of them is started. */
export function connectCluster(options: ClusterOptions): OpenCluster {
  const {
    place,
    clock,
    random,
    log,
    onFailing = null,
    keeper = null,
    clients = { of: 'none' },
    secrets = true,
    waitsForRights = false,
    watchesRights = false,
  } = options;
  const access = findCluster(place, () => clock.wallMs());
  const client = countedClient(outageClient(httpsClient(access), clock, () => store.reread()));
  const rights = { waitsForRights, watchesRights };
  const store = kubernetesStore({ client, clock, random, log, keeper, onFailing, clients, secrets, ...rights });
  const common = { client, clock, random };
  const writers: ClusterWriters = {
    statuses: parts => statusWriter({ ...common, ...parts, objects: store }),
    objects: parts => new WriteQueue({ ...common, ...parts, pace: WRITE_PACE }),
    events: parts => new WriteQueue({ ...common, ...parts, pace: EVENT_PACE }),
    secret: async ({ namespace, name }) =>
      new SecretEntries(client, { namespace: namespace ?? (await ownNamespace(client)), name }),
    lease: parts => new LeaderLease({ ...common, ...parts }),
  };
  return { server: client.server, client, store, writers };
}

async function ownNamespace(client: KubeClient): Promise<string> {
  const answer = await client.request({ method: 'GET', path: `/api/v1/namespaces/${OWN_NAMESPACE}` });
  if (answer.status !== 200 && !isNotThere(answer)) throw new KubeRefusal(answer, `namespace ${OWN_NAMESPACE}`);
  return answer.status === 200 ? OWN_NAMESPACE : 'default';
}
