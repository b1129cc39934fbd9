// SPDX-License-Identifier: Apache-2.0

import type { ResourceSet } from '../../resources/index.ts';
import { RESOURCE_MAPS } from '../../resources/index.ts';
import { mergeStatus, STATUS_KINDS, type StatusJson } from '../../status/index.ts';
import type { ObservedObject, WriteQueue } from '../../store/index.ts';
import type { View } from '../shown/view.ts';
import type { StatusChange } from './status-change.ts';

/** What the statuses of a cluster's objects are: those of the last reload, put into what the server holds. */
export class ClusterStatuses {
  readonly #controllerName: string;
  #view: Pick<View, 'resources' | 'statuses'> | null = null;
  #writer: WriteQueue | null = null;

  constructor(controllerName: string) {
    this.#controllerName = controllerName;
  }

  /** Begins to write through `writer`; null: somebody else leads. */
  writeThrough(writer: WriteQueue | null): void {
    this.#writer = writer;
    if (this.#view === null) return;
    // What we wrote before we led, or another did, may be about parents that are gone.
    for (const kind of STATUS_KINDS)
      for (const name of objectsOf(this.#view.resources, kind).keys()) this.check(`${kind}/${name}`);
  }

  /** After each reload. */
  reloaded(view: Pick<View, 'resources' | 'statuses'>, changes: readonly StatusChange[]): void {
    const isFirst = this.#view === null;
    this.#view = view;
    if (isFirst) this.writeThrough(this.#writer);
    else for (const { key } of changes) this.check(key);
  }

  /** What the server holds of an object has changed, or what it should hold. */
  check(key: string): void {
    this.#writer?.mark(key);
  }

  /** The status to write; what is stored, the very same, when there is nothing to. */
  merge(key: string, stored: ObservedObject): unknown {
    const slash = key.indexOf('/');
    const [kind, name] = [key.slice(0, slash), key.slice(slash + 1)];
    const resource = this.#view === null ? undefined : objectsOf(this.#view.resources, kind).get(name);
    const { uid, generation } = stored;
    // Of a newer one, or another one of its name, nothing is known yet: the next reload tells.
    if (resource?.metadata.uid !== uid || resource.metadata.generation !== generation) return stored.status;
    const ours = this.#view?.statuses.get(key);
    return mergeStatus(stored.status as StatusJson | undefined, ours, {
      kind,
      controllerName: this.#controllerName,
    });
  }
}

function objectsOf(
  resources: ResourceSet,
  kind: string,
): ReadonlyMap<string, { readonly metadata: { readonly generation: number; readonly uid?: string } }> {
  const maps: Readonly<Record<string, keyof ResourceSet>> = RESOURCE_MAPS;
  const field = maps[kind];
  return field === undefined ? new Map() : resources[field];
}
