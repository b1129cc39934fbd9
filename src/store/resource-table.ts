// SPDX-License-Identifier: Apache-2.0

import { isDeepStrictEqual } from 'node:util';
import { EMPTY_RESOURCES, type Namespace, RESOURCE_MAPS, type Resource, type ResourceSet } from '../resources/index.ts';
import { replaceValues } from '../values/index.ts';
import { NAMESPACE_LABEL } from './admit.ts';

type Kind = Resource['kind'];
const KINDS = Object.keys(RESOURCE_MAPS) as Kind[];

/** A resource with its `formatNamespacedName`, made once. */
export interface NamedResource {
  readonly fullName: string;
  readonly resource: Resource;
}

/** What one source (a file) holds, in its order. */
export type ObjectsByKind<T extends NamedResource> = ReadonlyMap<Kind, readonly T[]>;

/** Two objects of one name; the first holds. */
export interface Duplicate<T> {
  readonly object: T;
  readonly isEqual: boolean;
}

/** All of one kind, with the lists that it was made of: the same lists again make the same table. */
interface KindTable<T extends NamedResource> {
  readonly lists: readonly (readonly T[] | undefined)[];
  readonly table: ReadonlyMap<string, Resource>;
  readonly namespaces: ReadonlySet<string>;
  readonly duplicates: readonly Duplicate<T>[];
}

/**
 * Makes the ResourceSet of lists of objects, time after time. Objects and maps that did not change keep their identity.
 * It stands in for the API server's bookkeeping: `metadata.generation` grows by one with each change of `spec`, and
 * namespaces that are named but not written exist.
 */
export class ResourceTable<T extends NamedResource> {
  #resources: ResourceSet = EMPTY_RESOURCES;
  readonly #kinds = new Map<Kind, KindTable<T>>();
  /** What became of an object as it was read: its equal from before, or a copy with its generation. */
  readonly #published = new WeakMap<Resource, Resource>();
  readonly #implied = new Map<string, Namespace>();

  get resources(): ResourceSet {
    return this.#resources;
  }

  /**
   * Replaces all objects. Returns those whose name was taken by one before them. Linear in the objects of the kinds whose
   * lists are other lists than before.
   */
  update(sources: readonly ObjectsByKind<T>[]): readonly Duplicate<T>[] {
    for (const kind of KINDS) this.#updateKind(kind, sources);
    this.#resources = this.#assemble();
    return KINDS.flatMap(kind => this.#kinds.get(kind)?.duplicates ?? []);
  }

  #updateKind(kind: Kind, sources: readonly ObjectsByKind<T>[]): void {
    const lists = sources.map(source => source.get(kind));
    const before = this.#kinds.get(kind);
    if (before?.lists.length === lists.length && lists.every((list, at) => list === before.lists[at])) return;
    const replaced = before && replacedObjects(before, lists);
    this.#kinds.set(kind, replaced ? this.#replace(before, lists, replaced) : this.#tabulate(lists, before));
  }

  /** The usual change: the same names in the same order. */
  #replace(before: KindTable<T>, lists: KindTable<T>['lists'], replaced: readonly T[]): KindTable<T> {
    const changes = new Map<string, Resource>();
    for (const { fullName, resource } of replaced) {
      const known = before.table.get(fullName);
      const published = this.#publish(resource, known);
      if (published !== known) changes.set(fullName, published);
    }
    return { ...before, lists, table: changes.size === 0 ? before.table : replaceValues(before.table, changes) };
  }

  #tabulate(lists: KindTable<T>['lists'], before: KindTable<T> | undefined): KindTable<T> {
    const table = new Map<string, Resource>();
    const namespaces = new Set<string>();
    const duplicates: Duplicate<T>[] = [];
    for (const object of lists.flatMap(list => list ?? [])) {
      const { resource, fullName } = object;
      const first = table.get(fullName);
      if (first === undefined) {
        table.set(fullName, this.#publish(resource, before?.table.get(fullName)));
        if (resource.metadata.namespace !== '') namespaces.add(resource.metadata.namespace);
      } else {
        duplicates.push({ object, isEqual: isEqual(first, resource) });
      }
    }
    const kept = before !== undefined && isSameTable(before.table, table) ? before.table : table;
    return { lists, table: kept, namespaces, duplicates };
  }

  #publish(resource: Resource, before: Resource | undefined): Resource {
    if (before === resource) return resource;
    const known = this.#published.get(resource);
    if (known !== undefined && (before === undefined || known === before)) return known;
    const published = before === undefined ? resource : succeed(before, resource);
    this.#published.set(resource, published);
    return published;
  }

  #assemble(): ResourceSet {
    const before = this.#resources;
    const next: ResourceSet = {
      gatewayClasses: this.#tableOf('GatewayClass', before.gatewayClasses),
      gateways: this.#tableOf('Gateway', before.gateways),
      listenerSets: this.#tableOf('ListenerSet', before.listenerSets),
      httpRoutes: this.#tableOf('HTTPRoute', before.httpRoutes),
      grpcRoutes: this.#tableOf('GRPCRoute', before.grpcRoutes),
      tlsRoutes: this.#tableOf('TLSRoute', before.tlsRoutes),
      tcpRoutes: this.#tableOf('TCPRoute', before.tcpRoutes),
      udpRoutes: this.#tableOf('UDPRoute', before.udpRoutes),
      backendTlsPolicies: this.#tableOf('BackendTLSPolicy', before.backendTlsPolicies),
      xBackends: this.#tableOf('XBackend', before.xBackends),
      xBackendTrafficPolicies: this.#tableOf('XBackendTrafficPolicy', before.xBackendTrafficPolicies),
      xTelemetryPolicies: this.#tableOf('XTelemetryPolicy', before.xTelemetryPolicies),
      xMeshes: this.#tableOf('XMesh', before.xMeshes),
      referenceGrants: this.#tableOf('ReferenceGrant', before.referenceGrants),
      services: this.#tableOf('Service', before.services),
      endpointSlices: this.#tableOf('EndpointSlice', before.endpointSlices),
      endpoints: this.#tableOf('Endpoints', before.endpoints),
      pods: this.#tableOf('Pod', before.pods),
      secrets: this.#tableOf('Secret', before.secrets),
      configMaps: this.#tableOf('ConfigMap', before.configMaps),
      clusterTrustBundles: this.#tableOf('ClusterTrustBundle', before.clusterTrustBundles),
      namespaces: this.#namespaces(before.namespaces),
      deployments: this.#tableOf('Deployment', before.deployments),
    };
    return Object.values(RESOURCE_MAPS).every(field => next[field] === before[field]) ? before : next;
  }

  /** The table of a kind; its objects are of that kind, for `#updateKind` took the lists of that kind. */
  #tableOf<R extends Resource>(kind: R['kind'], before: ReadonlyMap<string, R>): ReadonlyMap<string, R> {
    const table = this.#kinds.get(kind)?.table;
    return table === undefined || (table.size === 0 && before.size === 0) ? before : (table as ReadonlyMap<string, R>);
  }

  #namespaces(before: ResourceSet['namespaces']): ResourceSet['namespaces'] {
    const table = new Map(this.#tableOf('Namespace', EMPTY_RESOURCES.namespaces));
    for (const { namespaces } of this.#kinds.values()) {
      for (const name of namespaces) if (!table.has(name)) table.set(name, this.#imply(name));
    }
    return isSameTable(before, table) ? before : table;
  }

  #imply(name: string): Namespace {
    const known = this.#implied.get(name);
    if (known !== undefined) return known;
    const labels = { [NAMESPACE_LABEL]: name };
    const metadata = { name, namespace: '', labels, annotations: {}, generation: 1 };
    const namespace: Namespace = { apiVersion: 'v1', kind: 'Namespace', metadata };
    this.#implied.set(name, namespace);
    return namespace;
  }
}

/** The objects that took the place of others of their names; undefined when anything else changed. */
function replacedObjects<T extends NamedResource>(
  { lists: before, duplicates }: KindTable<T>,
  after: KindTable<T>['lists'],
): readonly T[] | undefined {
  if (duplicates.length > 0 || before.length !== after.length) return undefined;
  const replaced: T[] = [];
  for (let at = 0; at < after.length; at++) {
    const list = after[at] ?? [];
    const old = before[at] ?? [];
    if (list === old) continue;
    if (list.length !== old.length) return undefined;
    for (let place = 0; place < list.length; place++) {
      const object = list[place] as T;
      if (object === old[place]) continue;
      if (object.fullName !== old[place]?.fullName) return undefined;
      replaced.push(object);
    }
  }
  return replaced;
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

function isSameTable(before: ReadonlyMap<string, Resource>, after: ReadonlyMap<string, Resource>): boolean {
  if (before.size !== after.size) return false;
  for (const [key, resource] of after) if (before.get(key) !== resource) return false;
  return true;
}
