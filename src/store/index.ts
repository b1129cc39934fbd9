// SPDX-License-Identifier: Apache-2.0

/**
 * Where resources come from. In: files, a cluster, or objects handed over. Out: an immutable ResourceSet, findings about reading, and
 * the place of every node. Never: judgement about what resources mean together; that is translation.
 */
export { DEFAULT_SETTLE_MS, type FileStoreOptions, openFileStore } from './files/file-store.ts';
export type { ClusterHealthReport } from './kubernetes/cluster-health.ts';
export type { ClusterOptions, OpenCluster } from './kubernetes/connect-cluster.ts';
export type { ContestedWrite } from './kubernetes/contested-writes.ts';
export type { RequestCount } from './kubernetes/counted-client.ts';
export type { ClusterPlace } from './kubernetes/find-cluster.ts';
export type { Freshness } from './kubernetes/freshness.ts';
export type { WorldKeeper } from './kubernetes/kept-world.ts';
export {
  type KubeClient,
  KubeRefusal,
  type KubeRequest,
  type KubeResponse,
  KubeUnreachable,
} from './kubernetes/kube-client.ts';
export type { KubernetesStore } from './kubernetes/kubernetes-store.ts';
export type { LeaderLease } from './kubernetes/leader-lease.ts';
export { type ObservedObject, type ObservedObjects, pathOf } from './kubernetes/observed-object.ts';
export { OWN_NAMESPACE } from './kubernetes/own-namespace.ts';
export type { ClientPods } from './kubernetes/read-kinds.ts';
export type { RefusedWrite } from './kubernetes/refused-writes.ts';
export type { SecretEntries, SecretText } from './kubernetes/secret-entries.ts';
export type { Write } from './kubernetes/write.ts';
export type { RefusedAnswer, WriteQueue } from './kubernetes/write-queue.ts';
export { type MemoryStore, type MemoryStoreOptions, memoryStore } from './memory/memory-store.ts';
export { openCluster } from './open-cluster.ts';
export type { Store, StoreContents } from './store.ts';
