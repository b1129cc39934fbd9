// SPDX-License-Identifier: Apache-2.0

import { isDeepStrictEqual } from 'node:util';
import { EMPTY_RESOURCES, type Resource, type ResourceSet } from '../resources/index.ts';
import { formatNamespacedName } from '../values/index.ts';
import { admit } from './admit.ts';

const FIELDS = {
  GatewayClass: 'gatewayClasses',
  Gateway: 'gateways',
  GRPCRoute: 'grpcRoutes',
  ReferenceGrant: 'referenceGrants',
  Service: 'services',
  EndpointSlice: 'endpointSlices',
  Endpoints: 'endpoints',
  Secret: 'secrets',
  ConfigMap: 'configMaps',
  Namespace: 'namespaces',
  Deployment: 'deployments',
} as const satisfies Record<Resource['kind'], keyof ResourceSet>;

type Tables = Record<keyof ResourceSet, Map<string, Resource>>;

/** Two objects of one name; the first holds. */
export interface Duplicate<T> {
  readonly object: T;
  readonly isEqual: boolean;
}

/**
 * Makes the ResourceSet of a list of objects, time after time. Objects and maps that did not change keep their identity.
 * It stands in for the API server's bookkeeping: `metadata.generation` grows by one with each change of `spec`, and
 * namespaces that are named but not written exist.
 */
export class ResourceTable {
  #resources: ResourceSet = EMPTY_RESOURCES;
  /** What became of an object as it was read: itself, its equal from before, or a copy with its generation. */
  readonly #published = new WeakMap<Resource, Resource>();
  readonly #implied = new Map<string, Resource>();

  get resources(): ResourceSet {
    return this.#resources;
  }

  /** Replaces all objects. Returns those whose name was taken by one before them. Linear in the objects. */
  update<T extends { readonly resource: Resource }>(objects: Iterable<T>): readonly Duplicate<T>[] {
    const tables = emptyTables();
    const namespaces = new Set<string>();
    const duplicates: Duplicate<T>[] = [];
    for (const object of objects) {
      const { resource } = object;
      const table = tables[FIELDS[resource.kind]];
      const key = formatNamespacedName(resource.metadata);
      const first = table.get(key);
      if (first !== undefined) {
        duplicates.push({ object, isEqual: isEqual(first, resource) });
        continue;
      }
      table.set(key, this.#publish(resource, key));
      if (resource.metadata.namespace !== '') namespaces.add(resource.metadata.namespace);
    }
    this.#addImplied(tables.namespaces, namespaces);
    this.#resources = keepUnchanged(tables, this.#resources);
    return duplicates;
  }

  #publish(resource: Resource, key: string): Resource {
    const before: Resource | undefined = this.#resources[FIELDS[resource.kind]].get(key);
    if (before === resource) return resource;
    const known = this.#published.get(resource);
    if (known !== undefined && (before === undefined || known === before)) return known;
    const published = before === undefined ? resource : succeed(before, resource);
    this.#published.set(resource, published);
    return published;
  }

  #addImplied(table: Map<string, Resource>, names: ReadonlySet<string>): void {
    for (const name of names) {
      if (table.has(name)) continue;
      const namespace = this.#implied.get(name) ?? impliedNamespace(name);
      if (namespace === undefined) continue;
      this.#implied.set(name, namespace);
      table.set(name, namespace);
    }
  }
}

/** The object that takes the place of `before`: `before` itself when nothing but comments changed. */
function succeed(before: Resource, after: Resource): Resource {
  if (isEqual(before, after)) return before;
  const generation = isDeepStrictEqual(specOf(before), specOf(after))
    ? Math.max(before.metadata.generation, after.metadata.generation)
    : Math.max(before.metadata.generation + 1, after.metadata.generation);
  return generation === after.metadata.generation ? after : withGeneration(after, generation);
}

/** Equal in all that a user writes. */
function isEqual(a: Resource, b: Resource): boolean {
  return a === b || isDeepStrictEqual(a, withGeneration(b, a.metadata.generation));
}

function withGeneration<R extends Resource>(resource: R, generation: number): R {
  return { ...resource, metadata: { ...resource.metadata, generation } };
}

function specOf(resource: Resource): unknown {
  return 'spec' in resource ? resource.spec : undefined;
}

function impliedNamespace(name: string): Resource | undefined {
  return admit({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, { defaultNamespace: '' }).resource;
}

function emptyTables(): Tables {
  return {
    gatewayClasses: new Map(),
    gateways: new Map(),
    grpcRoutes: new Map(),
    referenceGrants: new Map(),
    services: new Map(),
    endpointSlices: new Map(),
    endpoints: new Map(),
    secrets: new Map(),
    configMaps: new Map(),
    namespaces: new Map(),
    deployments: new Map(),
  };
}

function keepUnchanged(after: Tables, before: ResourceSet): ResourceSet {
  const next: ResourceSet = {
    gatewayClasses: keepTable(before.gatewayClasses, after.gatewayClasses),
    gateways: keepTable(before.gateways, after.gateways),
    grpcRoutes: keepTable(before.grpcRoutes, after.grpcRoutes),
    referenceGrants: keepTable(before.referenceGrants, after.referenceGrants),
    services: keepTable(before.services, after.services),
    endpointSlices: keepTable(before.endpointSlices, after.endpointSlices),
    endpoints: keepTable(before.endpoints, after.endpoints),
    secrets: keepTable(before.secrets, after.secrets),
    configMaps: keepTable(before.configMaps, after.configMaps),
    namespaces: keepTable(before.namespaces, after.namespaces),
    deployments: keepTable(before.deployments, after.deployments),
  };
  return Object.values(FIELDS).every(field => next[field] === before[field]) ? before : next;
}

/** `before` when both hold the same objects. `after` holds objects of the same kind: `update` files them by kind. */
function keepTable<R extends Resource>(
  before: ReadonlyMap<string, R>,
  after: ReadonlyMap<string, Resource>,
): ReadonlyMap<string, R> {
  const isSame = before.size === after.size && [...after].every(([key, resource]) => before.get(key) === resource);
  return isSame ? before : (after as ReadonlyMap<string, R>);
}
