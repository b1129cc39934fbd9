// SPDX-License-Identifier: Apache-2.0
import type { ResourceObject } from '../../controller/index.ts';

/** Order of the fields at the top of an object, as kubectl prints them. */
const FIRST = ['apiVersion', 'kind', 'metadata'];

/** An object as kubectl prints it: parts of the metadata that say nothing are left out, `status` stands last. */
export function asKubectlPrints(object: ResourceObject): Record<string, unknown> {
  const { apiVersion, kind, metadata, status, ...rest } = object;
  const kept = Object.entries(metadata).filter(([, value]) => !isEmpty(value));
  const shown = { apiVersion, kind, metadata: Object.fromEntries(kept), ...rest };
  return status === undefined ? shown : { ...shown, status };
}

/** Several objects as `kubectl get -o json` prints them. */
export function asList(objects: readonly ResourceObject[]): Record<string, unknown> {
  return {
    apiVersion: 'v1',
    items: objects.map(asKubectlPrints),
    kind: 'List',
    metadata: { resourceVersion: '' },
  };
}

/** Fields of an object beyond the ones that every object has. */
export function fieldsBeyondMetadata(object: ResourceObject): [string, unknown][] {
  return Object.entries(object).filter(([key]) => !FIRST.includes(key));
}

function isEmpty(value: unknown): boolean {
  if (value === '') return true;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
