// SPDX-License-Identifier: Apache-2.0

import { apiVersionOf } from '../../resources/index.ts';
import { isObject } from '../plain-object.ts';
import { podParts } from './pod-parts.ts';
import type { ReadKind } from './read-kinds.ts';
import { serviceParts } from './service-parts.ts';
import { sliceParts } from './slice-parts.ts';
import { wantedMetadata } from './wanted-metadata.ts';

/**
 * The parts of an object that a gateway has a use for; the others are never kept. Items of a list do not say their kind, and those of which
 * only metadata was asked say another one.
 */
export function wantedParts(
  object: Readonly<Record<string, unknown>>,
  { declaration, kind, dataKeys, hasStatus }: ReadKind,
  version: string,
): Record<string, unknown> {
  const { status, ...rest } = object;
  const wanted: Record<string, unknown> = {
    ...rest,
    apiVersion: apiVersionOf(declaration.group, version),
    kind,
    metadata: wantedMetadata(object['metadata']),
  };
  if (kind === 'Pod') return podParts({ ...wanted, status });
  if (kind === 'EndpointSlice') return sliceParts(wanted);
  if (kind === 'Service') return serviceParts({ ...wanted, status });
  if (hasStatus && status !== undefined) wanted['status'] = status;
  if (dataKeys === null) return wanted;
  delete wanted['binaryData'];
  const { data } = object;
  if (isObject(data)) wanted['data'] = Object.fromEntries(wantedEntries(data, kind, dataKeys));
  return wanted;
}

/** Of a ConfigMap also the names of what nobody has a use for: a parameter that is misspelt is one. */
function wantedEntries(
  data: Readonly<Record<string, unknown>>,
  kind: string,
  dataKeys: ReadonlySet<string>,
): readonly (readonly [string, unknown])[] {
  const entries = Object.entries(data);
  if (kind !== 'ConfigMap') return entries.filter(([key]) => dataKeys.has(key));
  return entries.map(([key, value]) => [key, dataKeys.has(key) ? value : '']);
}
