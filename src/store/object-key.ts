// SPDX-License-Identifier: Apache-2.0

import type { ResourceRef } from '../errors/index.ts';
import type { Resource } from '../resources/index.ts';
import { formatNamespacedName } from '../values/index.ts';

/** `Kind/namespace/name`: one key for an object in all its versions. */
export function keyOfRef(ref: Pick<ResourceRef, 'kind' | 'namespace' | 'name'>): string {
  return `${ref.kind}/${formatNamespacedName(ref)}`;
}

export function refOf(resource: Resource): ResourceRef {
  const { apiVersion, kind, metadata } = resource;
  return { apiVersion, kind, namespace: metadata.namespace, name: metadata.name };
}
