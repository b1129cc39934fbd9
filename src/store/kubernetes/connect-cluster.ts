// SPDX-License-Identifier: Apache-2.0

import type { Clock, Random } from '../../time/index.ts';
import type { StoreLog } from './cluster-health.ts';
import { type ClusterPlace, findCluster } from './find-cluster.ts';
import { httpsClient } from './https-client.ts';
import type { KubeClient } from './kube-client.ts';
import { type KubernetesStore, kubernetesStore } from './kubernetes-store.ts';

export interface ClusterOptions {
  readonly place: ClusterPlace;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: StoreLog;
}

/** A cluster that can be followed and written to. */
export interface OpenCluster {
  /** The API server's URL. */
  readonly server: string;
  readonly store: KubernetesStore;
  readonly client: KubeClient;
}

/** A store that follows the cluster, and a client for writers. Nothing is sent before `start` of the store. */
export function connectCluster({ place, clock, random, log }: ClusterOptions): OpenCluster {
  const client = httpsClient(findCluster(place, () => clock.wallMs()));
  return { server: client.server, client, store: kubernetesStore({ client, clock, random, log }) };
}
