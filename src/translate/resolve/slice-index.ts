// SPDX-License-Identifier: Apache-2.0

import type { EndpointSlice } from '../../resources/index.ts';
import { compareStrings, fitted, replaceValues } from '../../values/index.ts';
import { changedKeys } from '../changes.ts';
import type { Place } from '../environment.ts';
import { zoneOfNode } from './distances.ts';

const SERVICE_NAME = 'kubernetes.io/service-name';
type Slices = ReadonlyMap<string, EndpointSlice>;

/** The slices of each Service, by `namespace/name` of the Service. A list keeps its identity while it is unchanged. */
export interface SliceIndex {
  readonly source: Slices;
  readonly byService: ByService;
  /** As the environment says, with the zone that the slices say once they do; the same object until then, and from then on. */
  readonly place: Place;
}

type ByService = ReadonlyMap<string, readonly EndpointSlice[]>;

/** Indexes `source`; what changed since `previous` is all the work. `place`: as the environment says. */
export function indexSlices(source: Slices, place: Place, previous: SliceIndex | undefined): SliceIndex {
  if (previous === undefined) return { source, byService: indexAll(source), place: locate(place, source.values()) };
  if (previous.source === source) return previous;
  const changed = changedKeys(previous.source, source);
  const slices = changed.flatMap(key => source.get(key) ?? []);
  return {
    source,
    byService: indexChanged(source, changed, previous),
    place: locate(previous.place, slices),
  };
}

function locate(place: Place, slices: Iterable<EndpointSlice>): Place {
  if (place.node === null || place.zone !== null) return place;
  const zone = zoneOfNode(place.node, slices);
  return zone === null ? place : { ...place, zone };
}

function indexChanged(source: Slices, changed: readonly string[], previous: SliceIndex): ByService {
  const touched = new Map<string, EndpointSlice[]>();
  for (const key of changed) {
    for (const slice of [previous.source.get(key), source.get(key)]) {
      const service = slice === undefined ? undefined : serviceOf(slice);
      if (service !== undefined) touched.set(service, []);
    }
  }
  const changedSet = new Set(changed);
  for (const [service, slices] of touched) {
    const kept = previous.byService.get(service) ?? [];
    slices.push(...kept.filter(slice => !changedSet.has(`${slice.metadata.namespace}/${slice.metadata.name}`)));
  }
  for (const key of changed) {
    const slice = source.get(key);
    const service = slice === undefined ? undefined : serviceOf(slice);
    if (slice !== undefined && service !== undefined) touched.get(service)?.push(slice);
  }
  if ([...touched].every(([service, slices]) => slices.length > 0 && previous.byService.has(service))) {
    const replaced = new Map<string, readonly EndpointSlice[]>();
    for (const [service, slices] of touched) replaced.set(service, fitted(slices.sort(compareSlices)));
    return replaceValues(previous.byService, replaced);
  }
  const byService = new Map(previous.byService);
  for (const [service, slices] of touched) {
    if (slices.length === 0) byService.delete(service);
    else byService.set(service, slices.sort(compareSlices));
  }
  return byService;
}

function indexAll(source: Slices): ReadonlyMap<string, readonly EndpointSlice[]> {
  const byService = new Map<string, EndpointSlice[]>();
  for (const slice of source.values()) {
    const service = serviceOf(slice);
    if (service === undefined) continue;
    const list = byService.get(service);
    if (list === undefined) byService.set(service, [slice]);
    else list.push(slice);
  }
  for (const list of byService.values()) if (list.length > 1) list.sort(compareSlices);
  return byService;
}

function serviceOf(slice: EndpointSlice): string | undefined {
  const name = slice.metadata.labels[SERVICE_NAME];
  return name === undefined ? undefined : `${slice.metadata.namespace}/${name}`;
}

function compareSlices(a: EndpointSlice, b: EndpointSlice): number {
  return compareStrings(a.metadata.name, b.metadata.name);
}
