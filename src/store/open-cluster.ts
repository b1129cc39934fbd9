// SPDX-License-Identifier: Apache-2.0

import type { ClusterOptions, OpenCluster } from './kubernetes/connect-cluster.ts';

/**
 * Finds the cluster and prepares to follow it; `start` of its store begins. Throws `kubernetes/kubeconfig`. What is needed for it is
 * loaded only now: a standalone gateway does without its memory.
 */
export async function openCluster(options: ClusterOptions): Promise<OpenCluster> {
  const { connectCluster } = await import('./kubernetes/connect-cluster.ts');
  return connectCluster(options);
}
