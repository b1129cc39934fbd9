// SPDX-License-Identifier: Apache-2.0

import { collectionPath, READ_KINDS } from './read-kinds.ts';

export type Json = Record<string, unknown>;

/** Which object. */
export interface ObjectName {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** An object as tests write it; the server adds the rest. */
export interface FakeObject extends ObjectName {
  readonly [field: string]: unknown;
}

export interface Change {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: Json;
}

/** The objects of a fake API server, by the path of their collection, with all that has happened to them. */
export class FakeObjects {
  readonly #onChange: (path: string, change: Change) => void;
  readonly #collections = new Map<string, Map<string, Json>>();
  readonly #changes = new Map<string, Change[]>();
  /** Of kinds that are served in another version than their first. */
  readonly #versions = new Map<string, string>();
  #version = 100;

  constructor(onChange: (path: string, change: Change) => void) {
    this.#onChange = onChange;
  }

  /** Of the last change of all. */
  get version(): number {
    return this.#version;
  }

  setVersion(kind: string, version: string): void {
    this.#versions.set(kind, version);
  }

  versionOf(kind: string): string {
    return this.#versions.get(kind) ?? declarationOf(kind).versions[0];
  }

  pathOf(kind: string): string {
    return collectionPath(declarationOf(kind), this.versionOf(kind));
  }

  /** By `namespace/name`. */
  collection(path: string): Map<string, Json> {
    const known = this.#collections.get(path) ?? new Map<string, Json>();
    this.#collections.set(path, known);
    return known;
  }

  changesOf(path: string): readonly Change[] {
    return this.#changes.get(path) ?? [];
  }

  stored({ kind, namespace = '', name }: ObjectName): Readonly<Json> | undefined {
    return this.collection(this.pathOf(kind)).get(`${namespace}/${name}`);
  }

  /** Is as it was at that version, and counts on from there, as after a backup was put back. */
  setBack(version: number): void {
    this.#version = version;
    for (const [path, changes] of this.#changes) {
      const kept = changes.filter(change => change.version <= version);
      this.#changes.set(path, kept);
      const objects = this.collection(path);
      objects.clear();
      for (const { type, object } of kept) {
        const { namespace = '', name } = object['metadata'] as { readonly namespace?: string; readonly name: string };
        if (type === 'DELETED') objects.delete(`${namespace}/${name}`);
        else objects.set(`${namespace}/${name}`, object);
      }
    }
  }

  put({ kind, namespace = '', name, ...fields }: FakeObject): void {
    const path = this.pathOf(kind);
    const key = `${namespace}/${name}`;
    const before = this.collection(path).get(key);
    const written = (fields['metadata'] ?? {}) as Json;
    const { uid = `${kind}-${key}-${this.#version}` } = (before?.['metadata'] ?? {}) as Json;
    const metadata = {
      name,
      ...(namespace === '' ? {} : { namespace }),
      uid,
      ...written,
      resourceVersion: this.#next(),
    };
    this.#set([path, key], { ...fields, metadata });
  }

  /** At a path and a key; undefined: nothing is there. */
  putStatus(place: readonly [path: string, key: string], status: unknown): Json | undefined {
    const [path, key] = place;
    const before = this.collection(path).get(key);
    if (before === undefined) return undefined;
    const metadata = { ...(before['metadata'] as Json), resourceVersion: this.#next() };
    return this.#set(place, { ...before, metadata, status });
  }

  delete({ kind, namespace = '', name }: ObjectName): void {
    const path = this.pathOf(kind);
    const key = `${namespace}/${name}`;
    const before = this.collection(path).get(key);
    if (before === undefined) return;
    this.collection(path).delete(key);
    const metadata = { ...(before['metadata'] as Json), resourceVersion: this.#next() };
    this.#note(path, 'DELETED', { ...before, metadata });
  }

  #set([path, key]: readonly [path: string, key: string], object: Json): Json {
    const objects = this.collection(path);
    const type = objects.has(key) ? 'MODIFIED' : 'ADDED';
    objects.set(key, object);
    this.#note(path, type, object);
    return object;
  }

  #next(): string {
    return String(++this.#version);
  }

  #note(path: string, type: Change['type'], object: Json): void {
    const change = { version: this.#version, type, object };
    const changes = this.#changes.get(path) ?? [];
    this.#changes.set(path, changes);
    changes.push(change);
    this.#onChange(path, change);
  }
}

function declarationOf(kind: string): (typeof READ_KINDS)[number]['declaration'] {
  const declaration = READ_KINDS.find(one => one.kind === kind)?.declaration;
  if (declaration === undefined) throw new Error(`no kind ${kind} is read`);
  return declaration;
}
