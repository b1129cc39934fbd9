// SPDX-License-Identifier: Apache-2.0

import type { EndpointSlice } from '../../resources/index.ts';
import { haveSameItems, interned, share } from '../../values/index.ts';
import { isObject, mappingOf } from '../plain-object.ts';
import { KnownEndpoints } from './known-endpoints.ts';

/** Of an EndpointSlice, of which there may be thousands that change all the time: of each endpoint where and whose it is, how it does, and for whom. */
export function sliceParts(slice: Record<string, unknown>): Record<string, unknown> {
  const { endpoints, metadata } = slice;
  return {
    ...slice,
    ...(isObject(metadata) && { metadata: withoutGeneration(metadata) }),
    ...(Array.isArray(endpoints) && { endpoints: endpoints.map(endpointParts) }),
  };
}

/** It grows with each change, also of what is not kept. */
function withoutGeneration({ generation: _, ...metadata }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return metadata;
}

function endpointParts(endpoint: unknown): unknown {
  if (!isObject(endpoint)) return endpoint;
  const { addresses, conditions, nodeName, zone, hints, targetRef } = endpoint;
  const { name } = mappingOf(targetRef);
  // Nodes and zones are few, and have thousands of endpoints.
  return {
    addresses,
    ...(conditions !== undefined && { conditions }),
    ...(nodeName !== undefined && { nodeName: typeof nodeName === 'string' ? interned(nodeName) : nodeName }),
    ...(zone !== undefined && { zone: typeof zone === 'string' ? interned(zone) : zone }),
    ...(hints !== undefined && { hints }),
    ...(name !== undefined && { targetRef: { name } }),
  };
}

/**
 * A slice in which all that is as it was `before` is the same object, whatever its place: endpoints go from the middle of a list. What is replaced
 * all the time is so as little as can be.
 */
export function sharedSlice(before: EndpointSlice | undefined, slice: EndpointSlice): EndpointSlice {
  const known = new KnownEndpoints(before?.endpoints ?? []);
  const endpoints = slice.endpoints.map(endpoint => {
    const conditions = share(USUAL_CONDITIONS, endpoint.conditions);
    return share(
      known.of(endpoint.addresses[0]),
      conditions === USUAL_CONDITIONS ? { ...endpoint, conditions } : endpoint,
    );
  });
  if (before === undefined) return { ...slice, endpoints };
  const rest = share(before, { ...slice, endpoints: before.endpoints });
  return haveSameItems(before.endpoints, endpoints) ? rest : { ...rest, endpoints };
}

/** What nearly all endpoints are. */
export const USUAL_CONDITIONS: EndpointSlice['endpoints'][number]['conditions'] = {
  ready: true,
  serving: true,
  terminating: false,
};
