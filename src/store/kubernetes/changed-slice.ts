// SPDX-License-Identifier: Apache-2.0

import type { EndpointSlice } from '../../resources/index.ts';
import { haveSameItems, interned, share } from '../../values/index.ts';
import { isObject, mappingOf } from '../plain-object.ts';
import { KnownEndpoints } from './known-endpoints.ts';
import { USUAL_CONDITIONS } from './slice-parts.ts';
import { areSameAnnotations, METADATA } from './wanted-metadata.ts';

type Endpoint = EndpointSlice['endpoints'][number];
type Raw = Readonly<Record<string, unknown>>;

/** As an API server takes them: in a slice, and of an endpoint for each sort of hint. */
const MAX_ENDPOINTS = 1_000;
const MAX_HINTS = 8;
const FIELDS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata', 'addressType', 'endpoints', 'ports']);
const CONDITIONS: ReadonlySet<string> = new Set(['ready', 'serving', 'terminating']);
const HINTS: ReadonlySet<string> = new Set(['forZones', 'forNodes']);

/**
 * What happens to slices a hundred times a second: other endpoints, and all else as it was. `object` is what the API server has of `before` now.
 * The slice that the schema would make of it, at a tenth of the price: it shares what stays, and is `before` itself when nothing that is kept
 * has changed. undefined: more is new, or unusual, and the schema has to judge.
 */
export function changedSlice(before: EndpointSlice, object: Raw): EndpointSlice | undefined {
  const { endpoints: written, ports, addressType, metadata } = object;
  for (const field in object) if (!FIELDS.has(field)) return undefined;
  if (!isObject(metadata) || !isSameMetadata(before.metadata, metadata)) return undefined;
  if (addressType !== before.addressType || !isSame(before.ports, ports)) return undefined;
  if (!Array.isArray(written) || written.length > MAX_ENDPOINTS) return undefined;
  const known = new KnownEndpoints(before.endpoints);
  const endpoints: Endpoint[] = [];
  for (const one of written) {
    const endpoint = isObject(one) ? readEndpoint(one, known) : undefined;
    if (endpoint === undefined) return undefined;
    endpoints.push(endpoint);
  }
  return haveSameItems(before.endpoints, endpoints) ? before : { ...before, endpoints };
}

/** In all that is kept of it. */
function isSameMetadata(before: EndpointSlice['metadata'], written: Raw): boolean {
  const known: Raw = before;
  for (const field of METADATA) {
    if (field === 'labels' || field === 'annotations' || field === 'generation') continue;
    if (written[field] !== known[field]) return false;
  }
  const { labels, annotations } = written;
  return isSame(before.labels, labels) && areSameAnnotations(before.annotations, annotations);
}

function isSame(known: unknown, written: unknown): boolean {
  return known === share(known, written);
}

function readEndpoint(written: Raw, known: KnownEndpoints): Endpoint | undefined {
  const { addresses, conditions, nodeName, zone, hints, targetRef } = written;
  const address: unknown = Array.isArray(addresses) && addresses.length === 1 ? addresses[0] : undefined;
  if (typeof address !== 'string') return undefined;
  const { name } = mappingOf(targetRef);
  const before = known.of(address);
  const isKnown =
    before?.addresses.length === 1 &&
    before.nodeName === nodeName &&
    before.zone === zone &&
    before.targetRef?.name === name &&
    areSameConditions(before.conditions, conditions) &&
    isSame(before.hints, hints);
  if (isKnown) return before;
  if (!isTextOrAbsent(nodeName) || !isTextOrAbsent(zone) || !isTextOrAbsent(name) || !areHints(hints)) return undefined;
  if (!areConditions(conditions)) return undefined;
  return {
    addresses: [address],
    conditions: areSameConditions(USUAL_CONDITIONS, conditions) ? USUAL_CONDITIONS : conditions,
    ...(nodeName !== undefined && { nodeName: interned(nodeName) }),
    ...(zone !== undefined && { zone: interned(zone) }),
    ...(hints !== undefined && { hints }),
    ...(name !== undefined && { targetRef: { name } }),
  };
}

function areSameConditions(known: Endpoint['conditions'], written: unknown): boolean {
  if (!areConditions(known) || !areConditions(written)) return false;
  const { ready, serving, terminating } = written;
  return known.ready === ready && known.serving === serving && known.terminating === terminating;
}

function areConditions(written: unknown): written is Endpoint['conditions'] {
  if (!isObject(written)) return false;
  for (const field in written) if (!CONDITIONS.has(field) || typeof written[field] !== 'boolean') return false;
  return true;
}

function areHints(written: unknown): written is Endpoint['hints'] {
  if (written === undefined) return true;
  if (!isObject(written)) return false;
  for (const field in written) if (!HINTS.has(field) || !areNames(written[field])) return false;
  return true;
}

function areNames(list: unknown): boolean {
  const isName = (one: unknown): boolean =>
    isObject(one) && typeof one['name'] === 'string' && Object.keys(one).length === 1;
  return Array.isArray(list) && list.length <= MAX_HINTS && list.every(isName);
}

function isTextOrAbsent(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}
