// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { Resource } from '../../resources/index.ts';
import { EntryReader, fullNameOf, type KindEntry, NO_FINDINGS, type RawObject } from './kind-entry.ts';
import type { ObservedObject } from './observed-object.ts';
import type { ReadKind } from './read-kinds.ts';
import { ServedResources } from './served-resources.ts';

export interface KindCacheOptions {
  readonly readKind: ReadKind;
  /** The set of resources or findings is another one now. Once for a whole list. */
  onChange(): void;
  /** By `Kind/namespace/name`. */
  onObserved(key: string): void;
}

/**
 * All objects of a kind. An object whose version is known, or of which only its status or what we do not read changed, stays the same
 * resource, so that nothing is translated again for it.
 */
export class KindCache {
  readonly #options: KindCacheOptions;
  /** By `namespace/name`. */
  #entries = new Map<string, KindEntry>();
  readonly #served = new ServedResources();
  readonly #reader: EntryReader;
  #findings: readonly Finding[] | null = [];

  constructor(options: KindCacheOptions) {
    this.#options = options;
    this.#reader = new EntryReader(options.readKind);
  }

  /** By `namespace/name`. The same map until something changes. */
  get resources(): ReadonlyMap<string, Resource> {
    return this.#served.map;
  }

  /** The same resources, for who only looks: what is handed out as a map must be copied at the next change. */
  served(): Iterable<Resource> {
    return this.#served.values();
  }

  /** About objects that our schema refuses. */
  get findings(): readonly Finding[] {
    this.#findings ??= [...this.#entries.values()].flatMap(entry => entry.refused);
    return this.#findings;
  }

  observed(fullName: string): ObservedObject | undefined {
    return this.#entries.get(fullName)?.observed;
  }

  /** The version that objects come in from now on: a list brings all of them in it. */
  setVersion(version: string): void {
    this.#reader.version = version;
  }

  /** Begins to take in a whole list; nothing changes before its `commit`. */
  startList(): { add(object: RawObject): void; commit(): void } {
    const next = new Map<string, KindEntry>();
    return {
      add: object => {
        const named = this.#reader.read(object, 'list', this.#entries);
        if (named !== undefined) next.set(named.fullName, named.entry);
      },
      commit: () => this.#replace(next),
    };
  }

  put(object: RawObject): void {
    const named = this.#reader.read(object, 'change', this.#entries);
    if (named === undefined) return;
    const { fullName, entry } = named;
    const known = this.#entries.get(fullName);
    if (known === entry || isOlder(entry, known)) return;
    this.#entries.set(fullName, entry);
    if (this.#tell(fullName, known, entry)) this.#options.onChange();
  }

  remove(object: RawObject): void {
    const fullName = fullNameOf(object);
    const known = this.#entries.get(fullName);
    if (known === undefined) return;
    this.#entries.delete(fullName);
    if (this.#tell(fullName, known, undefined)) this.#options.onChange();
  }

  /** Each object as it is served, with the status that the server has: what `put` takes. */
  *objects(): Iterable<RawObject> {
    for (const entry of this.#entries.values()) {
      const object = this.#objectOf(entry);
      if (object !== undefined) yield object;
    }
  }

  /** The same of one; undefined: it is not served. */
  object(fullName: string): RawObject | undefined {
    const entry = this.#entries.get(fullName);
    return entry === undefined ? undefined : this.#objectOf(entry);
  }

  #objectOf({ resource, observed: { status } }: KindEntry): RawObject | undefined {
    if (resource === undefined) return undefined;
    return { ...resource, ...(this.#options.readKind.hasStatus && { status }) };
  }

  clear(): void {
    this.#replace(new Map());
  }

  #replace(next: Map<string, KindEntry>): void {
    const before = this.#entries;
    this.#entries = next;
    let isNews = false;
    for (const [fullName, known] of before)
      if (!next.has(fullName) && this.#tell(fullName, known, undefined)) isNews = true;
    for (const [fullName, entry] of next) {
      const known = before.get(fullName);
      if (known !== entry && this.#tell(fullName, known, entry)) isNews = true;
    }
    if (isNews) this.#options.onChange();
  }

  /** True: the set of resources or findings is another one. */
  #tell(fullName: string, before: KindEntry | undefined, after: KindEntry | undefined): boolean {
    const isServedAnew = before?.resource !== after?.resource;
    const isJudgedAnew = (before?.refused ?? NO_FINDINGS) !== (after?.refused ?? NO_FINDINGS);
    if (isServedAnew) this.#served.set(fullName, after?.resource);
    if (isJudgedAnew) this.#findings = null;
    const key = (after ?? before)?.observed.key;
    if (key !== undefined) this.#options.onObserved(key);
    return isServedAnew || isJudgedAnew;
  }
}

/** The answer to a write may come before the watch tells of what was there before it. Versions that are no numbers tell nothing. */
function isOlder({ observed }: KindEntry, known: KindEntry | undefined): boolean {
  return (
    observed.uid === known?.observed.uid && Number(observed.resourceVersion) < Number(known.observed.resourceVersion)
  );
}
