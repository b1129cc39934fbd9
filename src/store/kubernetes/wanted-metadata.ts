// SPDX-License-Identifier: Apache-2.0

import { LAST_APPLIED } from '../../resources/index.ts';
import { isObject } from '../plain-object.ts';

/** Fields of metadata that stay in memory. */
export const METADATA = [
  'name',
  'namespace',
  'labels',
  'annotations',
  'generation',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const;

/** Annotations that do not. */
const UNWANTED: ReadonlySet<string> = new Set([
  LAST_APPLIED,
  // Of an EndpointSlice: another one with each change, also where its endpoints stay as they are.
  'endpoints.kubernetes.io/last-change-trigger-time',
]);

export function wantedMetadata(metadata: unknown): unknown {
  if (!isObject(metadata)) return metadata;
  const wanted: Record<string, unknown> = {};
  for (const field of METADATA) if (metadata[field] !== undefined) wanted[field] = metadata[field];
  if ('annotations' in wanted) wanted['annotations'] = wantedAnnotations(wanted['annotations']);
  return wanted;
}

export function wantedAnnotations(annotations: unknown): unknown {
  if (!isObject(annotations)) return annotations;
  for (const name in annotations)
    if (UNWANTED.has(name))
      return Object.fromEntries(Object.entries(annotations).filter(([name]) => !UNWANTED.has(name)));
  return annotations;
}

/** Whether `known` is what is kept of those that are written. Makes nothing. */
export function areSameAnnotations(known: Readonly<Record<string, string>>, written: unknown): boolean {
  let kept = 0;
  if (written !== undefined) {
    if (!isObject(written)) return false;
    for (const name in written) {
      if (UNWANTED.has(name)) continue;
      if (!Object.hasOwn(known, name) || known[name] !== written[name]) return false;
      kept++;
    }
  }
  for (const _ in known) kept--;
  return kept === 0;
}
