// SPDX-License-Identifier: Apache-2.0

import type { ResourceSet } from '../resources/index.ts';

export type Labels = Readonly<Record<string, string>>;

/** A namespace's labels. A namespace that no file defines is implied, with the label every cluster gives it. */
export function namespaceLabels(resources: ResourceSet, namespace: string): Labels {
  const written = resources.namespaces.get(namespace)?.metadata.labels ?? {};
  return { 'kubernetes.io/metadata.name': namespace, ...written };
}
