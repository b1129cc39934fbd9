// SPDX-License-Identifier: Apache-2.0

import type { ResourceSet } from '../resources/index.ts';

export type Labels = Readonly<Record<string, string>>;

/** A namespace's labels. One that no file defines is implied. The label that says the name is every cluster's to give, whatever is written. */
export function namespaceLabels(resources: ResourceSet, namespace: string): Labels {
  const written = resources.namespaces.get(namespace)?.metadata.labels ?? {};
  return { ...written, 'kubernetes.io/metadata.name': namespace };
}
