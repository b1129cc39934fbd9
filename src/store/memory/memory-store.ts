// SPDX-License-Identifier: Apache-2.0

import { DaemunError, type Finding, type ResourceRef } from '../../errors/index.ts';
import type { Resource } from '../../resources/index.ts';
import { admit } from '../admit.ts';
import { keyOfRef } from '../object-key.ts';
import { type NamedResource, ResourceTable } from '../resource-table.ts';
import type { Store, StoreContents } from '../store.ts';

export interface MemoryStoreOptions {
  /** The namespace of namespaced objects that name none. Default: `default`. */
  readonly defaultNamespace?: string;
}

/** A store that is told its objects: for embedding and for tests. */
export interface MemoryStore extends Store {
  /** Adds objects, or replaces those of the same name. All or nothing: throws `store/refused` as an API server would. */
  apply(...objects: readonly unknown[]): void;
  /** Removes an object; nothing happens when it is not there. */
  delete(ref: Pick<ResourceRef, 'kind' | 'namespace' | 'name'>): void;
}

/** A memory store that holds these objects. Throws as `apply` does. */
export function memoryStore(objects: readonly unknown[] = [], options: MemoryStoreOptions = {}): MemoryStore {
  const store = new ObjectsInMemory(options.defaultNamespace ?? 'default');
  store.apply(...objects);
  return store;
}

class ObjectsInMemory implements MemoryStore {
  readonly #defaultNamespace: string;
  readonly #objects = new Map<string, NamedResource>();
  readonly #table = new ResourceTable<NamedResource>();
  readonly #listeners: (() => void)[] = [];
  #contents: StoreContents = { resources: this.#table.resources, findings: [] };
  #isStarted = false;

  constructor(defaultNamespace: string) {
    this.#defaultNamespace = defaultNamespace;
  }

  start(): Promise<void> {
    this.#isStarted = true;
    this.#publish();
    return Promise.resolve();
  }

  current(): StoreContents {
    return this.#contents;
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  reread(): void {}

  rehearse(): void {}

  locate(): undefined {
    return undefined;
  }

  close(): Promise<void> {
    this.#listeners.length = 0;
    return Promise.resolve();
  }

  apply(...objects: readonly unknown[]): void {
    const admitted = objects.map(object => this.#admit(object));
    for (const object of admitted) this.#objects.set(object.key, object);
    this.#changed();
  }

  delete(ref: Pick<ResourceRef, 'kind' | 'namespace' | 'name'>): void {
    if (this.#objects.delete(keyOfRef(ref))) this.#changed();
  }

  #admit(object: unknown): NamedResource & { readonly key: string } {
    const { ref, key, fullName, resource, issues } = admit(object, { defaultNamespace: this.#defaultNamespace });
    if (resource !== undefined) return { key, fullName, resource };
    const reasons = issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`));
    throw new DaemunError('store/refused', `${ref === undefined ? 'object' : key}: ${reasons.join('; ')}`);
  }

  #changed(): void {
    if (!this.#isStarted) return;
    this.#publish();
    for (const listener of this.#listeners) listener();
  }

  #publish(): void {
    this.#table.update([groupByKind(this.#objects.values())]);
    const findings: readonly Finding[] = [];
    if (this.#contents.resources !== this.#table.resources) {
      this.#contents = { resources: this.#table.resources, findings };
    }
  }
}

function groupByKind(objects: Iterable<NamedResource>): Map<Resource['kind'], NamedResource[]> {
  return Map.groupBy(objects, ({ resource }) => resource.kind);
}
