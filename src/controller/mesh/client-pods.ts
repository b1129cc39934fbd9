// SPDX-License-Identifier: Apache-2.0
import type { ClientPods } from '../../store/index.ts';
import type { KubernetesOptions } from '../kubernetes-options.ts';

/** Clients of a mesh are the Pods of its node; where that is not known, those of all nodes are read, which costs memory. */
export function clientPods({ mesh = null, place }: Pick<KubernetesOptions, 'mesh' | 'place'>): ClientPods {
  if (mesh === null) return { of: 'none' };
  const node = place?.node ?? null;
  return node === null ? { of: 'all' } : { of: 'node', node };
}
