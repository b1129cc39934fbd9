// SPDX-License-Identifier: Apache-2.0

import { EMPTY_RESOURCES, parseResource, RESOURCE_MAPS, type Resource, type ResourceSet } from '../resources/index.ts';
import { formatNamespacedName } from '../values/index.ts';
import type { TranslateEnvironment } from './environment.ts';

/** A standalone environment: one loopback address, ports as written, the first day of 2026. */
export const ENVIRONMENT: TranslateEnvironment = {
  controllerName: null,
  addressOf: () => '127.0.0.1',
  movedPorts: new Map(),
  nowMs: Date.UTC(2026, 0, 1),
  inspectCertificate: () => ({ problem: 'no certificates here' }),
  inspectTrust: () => ({ problem: 'none' }),
};

const MAPS: Readonly<Record<string, keyof ResourceSet>> = RESOURCE_MAPS;

/** Parses one object as users write it; throws when an API server would refuse it. */
export function parsed(object: unknown): Resource {
  const result = parseResource(object, { defaultNamespace: 'default' });
  if (result.outcome !== 'resource') throw new Error(`not a resource: ${JSON.stringify(result)}`);
  return result.resource;
}

/** A set of parsed objects. Maps that `previous` has with the same objects keep their identity. */
export function resourceSet(resources: readonly Resource[], previous: ResourceSet = EMPTY_RESOURCES): ResourceSet {
  const maps = new Map<keyof ResourceSet, Map<string, Resource>>();
  for (const resource of resources) {
    const name = MAPS[resource.kind];
    if (name === undefined) throw new Error(`no map for ${resource.kind}`);
    const map = maps.get(name) ?? new Map<string, Resource>();
    maps.set(name, map.set(formatNamespacedName(resource.metadata), resource));
  }
  const set: Record<string, ReadonlyMap<string, Resource>> = { ...EMPTY_RESOURCES };
  for (const [name, map] of maps) set[name] = isSameMap(previous[name], map) ? previous[name] : map;
  return { ...EMPTY_RESOURCES, ...set };
}

function isSameMap(a: ReadonlyMap<string, Resource>, b: ReadonlyMap<string, Resource>): boolean {
  return a.size === b.size && [...b].every(([key, value]) => a.get(key) === value);
}
