// SPDX-License-Identifier: Apache-2.0

/**
 * Where resources come from. In: files, or objects handed over. Out: an immutable ResourceSet, findings about reading, and
 * the place of every node. Never: judgement about what resources mean together; that is translation.
 */
export { DEFAULT_SETTLE_MS, type FileStoreOptions, openFileStore } from './files/file-store.ts';
export type { KubeAccess } from './kubernetes/credentials.ts';
export { httpsClient } from './kubernetes/https-client.ts';
export { inClusterAccess } from './kubernetes/in-cluster.ts';
export type { KubeClient } from './kubernetes/kube-client.ts';
export { readKubeconfig } from './kubernetes/kubeconfig.ts';
export { type KubernetesStore, type KubernetesStoreOptions, kubernetesStore } from './kubernetes/kubernetes-store.ts';
export { type MemoryStore, type MemoryStoreOptions, memoryStore } from './memory/memory-store.ts';
export type { Store, StoreContents } from './store.ts';
