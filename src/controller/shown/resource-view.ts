// SPDX-License-Identifier: Apache-2.0
import { LAST_APPLIED, REDACTED, RESOURCE_MAPS, type Resource, type ResourceSet } from '../../resources/index.ts';
import { formatNamespacedName } from '../../values/index.ts';
import type { View } from './view.ts';

/** A Kubernetes object as JSON, with its status, without secrets. */
export interface ResourceObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly namespace: string; readonly name: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/** By any text that a user gives as a kind. */
const MAPS: Readonly<Record<string, keyof ResourceSet>> = RESOURCE_MAPS;

/** The kinds there are, in the order of listings. */
export const LISTED_KINDS: readonly string[] = Object.keys(MAPS);

/** All objects of a kind, sorted by namespace and name. An unknown kind has none. */
export function listResources(view: Pick<View, 'resources' | 'statuses'>, kind: string): ResourceObject[] {
  const map = MAPS[kind];
  if (map === undefined) return [];
  const objects = [...view.resources[map].entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  return objects.map(([, object]) => withStatus(object, view));
}

function withStatus(object: Resource, view: Pick<View, 'statuses'>): ResourceObject {
  const shown = object.kind === 'Secret' ? redactSecret(object) : object;
  const status = view.statuses.get(`${object.kind}/${formatNamespacedName(object.metadata)}`);
  return status === undefined ? shown : { ...shown, status };
}

function redactSecret(secret: Extract<Resource, { kind: 'Secret' }>): ResourceObject {
  const data = Object.fromEntries(Object.keys(secret.data).map(key => [key, REDACTED]));
  const annotations = Object.entries(secret.metadata.annotations).filter(([key]) => key !== LAST_APPLIED);
  return { ...secret, metadata: { ...secret.metadata, annotations: Object.fromEntries(annotations) }, data };
}
