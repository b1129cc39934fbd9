// SPDX-License-Identifier: Apache-2.0

import { isDeepStrictEqual } from 'node:util';
import { CATALOGUE, type Finding } from '../../errors/index.ts';
import { apiVersionOf, type Resource } from '../../resources/index.ts';
import { replaceValues, share } from '../../values/index.ts';
import { type AdmittedObject, admit } from '../admit.ts';
import { mappingOf } from '../plain-object.ts';
import { changedSlice } from './changed-slice.ts';
import type { ObservedObject } from './observed-object.ts';
import { collectionPath, type ReadKind } from './read-kinds.ts';
import { sharedSlice } from './slice-parts.ts';
import { wantedParts } from './wanted-parts.ts';

type RawObject = Readonly<Record<string, unknown>>;

/** One object as it is served, and as the server has it. */
interface Entry {
  /** The last one that our schema took; undefined: it never took one. */
  readonly resource: Resource | undefined;
  readonly observed: ObservedObject;
  /** Why our schema refuses the server's version; the resource is an older one then. */
  readonly refused: readonly Finding[];
}

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
  #entries = new Map<string, Entry>();
  #resources: ReadonlyMap<string, Resource> = new Map();
  /** The same, until somebody has it: from then on a change makes another one. */
  #own: Map<string, Resource> | null = null;
  /** What stands in the place of some of them once somebody asks: changes come faster than they are asked for. */
  #replaced = new Map<string, Resource>();
  #findings: readonly Finding[] | null = [];
  #version: string;

  constructor(options: KindCacheOptions) {
    this.#options = options;
    this.#version = options.readKind.declaration.versions[0];
  }

  /** By `namespace/name`. The same map until something changes. */
  get resources(): ReadonlyMap<string, Resource> {
    this.#takeReplaced();
    this.#own = null;
    return this.#resources;
  }

  /** The same resources, for who only looks: what is handed out as a map must be copied at the next change. */
  *served(): Iterable<Resource> {
    this.#takeReplaced();
    yield* this.#resources.values();
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
    this.#version = version;
  }

  /** Begins to take in a whole list; nothing changes before its `commit`. */
  startList(): { add(object: RawObject): void; commit(): void } {
    const next = new Map<string, Entry>();
    return {
      add: object => {
        const named = this.#read(object, 'list');
        if (named !== undefined) next.set(named.fullName, named.entry);
      },
      commit: () => this.#replace(next),
    };
  }

  put(object: RawObject): void {
    const named = this.#read(object, 'change');
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

  #objectOf({ resource, observed: { status } }: Entry): RawObject | undefined {
    if (resource === undefined) return undefined;
    return { ...resource, ...(this.#options.readKind.hasStatus && { status }) };
  }

  clear(): void {
    this.#replace(new Map());
  }

  #replace(next: Map<string, Entry>): void {
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

  #serve(fullName: string, resource: Resource | undefined): void {
    if (this.#own === null && resource !== undefined && this.#resources.has(fullName)) {
      this.#replaced.set(fullName, resource);
      return;
    }
    this.#takeReplaced();
    this.#own ??= new Map(this.#resources);
    this.#resources = this.#own;
    if (resource === undefined) this.#own.delete(fullName);
    else this.#own.set(fullName, resource);
  }

  #takeReplaced(): void {
    if (this.#replaced.size === 0) return;
    this.#resources = replaceValues(this.#resources, this.#replaced);
    this.#replaced = new Map();
  }

  /** True: the set of resources or findings is another one. */
  #tell(fullName: string, before: Entry | undefined, after: Entry | undefined): boolean {
    const isServedAnew = before?.resource !== after?.resource;
    const isJudgedAnew = (before?.refused ?? NO_FINDINGS) !== (after?.refused ?? NO_FINDINGS);
    if (isServedAnew) this.#serve(fullName, after?.resource);
    if (isJudgedAnew) this.#findings = null;
    const key = (after ?? before)?.observed.key;
    if (key !== undefined) this.#options.onObserved(key);
    return isServedAnew || isJudgedAnew;
  }

  #read(object: RawObject, of: 'list' | 'change'): { readonly fullName: string; readonly entry: Entry } | undefined {
    const metadata = mappingOf(object['metadata']);
    const name = fullNameOf(object);
    const known = this.#entries.get(name);
    const resourceVersion = textOf(metadata['resourceVersion']);
    if (known !== undefined && resourceVersion !== '' && this.#isRead(known, resourceVersion))
      return { fullName: name, entry: known };
    const changed = known && this.#readChange(known, object);
    if (changed !== undefined) return { fullName: name, entry: changed };
    const parts = wantedParts(object, this.#options.readKind, this.#version);
    if (known !== undefined && of === 'change' && this.#hasOtherStatusAtMost(known, parts))
      return {
        fullName: name,
        entry: { ...known, observed: { ...known.observed, resourceVersion, status: parts['status'] } },
      };
    const admitted = admit(parts, { defaultNamespace: '', origin: 'cluster' });
    if (admitted.ref === undefined) return undefined;
    const observed = this.#observe(parts, admitted, resourceVersion);
    const isSameObject = known !== undefined && known.observed.uid === observed.uid;
    const before = isSameObject ? known : undefined;
    const { resource } = admitted;
    const entry =
      resource === undefined
        ? { resource: before?.resource, observed, refused: refusedFindings(admitted, before) }
        : { resource: this.#sameOrNew(before?.resource, resource), observed, refused: NO_FINDINGS };
    return { fullName: admitted.fullName, entry };
  }

  /** What changes all the time is not judged anew; undefined: it has to be. */
  #readChange({ resource, observed }: Entry, object: RawObject): Entry | undefined {
    if (resource?.kind !== 'EndpointSlice') return undefined;
    if (observed.apiVersion !== apiVersionOf(this.#options.readKind.declaration.group, this.#version)) return undefined;
    const changed = changedSlice(resource, object);
    if (changed === undefined) return undefined;
    const resourceVersion = textOf(mappingOf(object['metadata'])['resourceVersion']);
    return { resource: changed, observed: { ...observed, resourceVersion }, refused: NO_FINDINGS };
  }

  /** An object keeps its resourceVersion when its kind is served in another version; its path does not. */
  #isRead({ observed }: Entry, resourceVersion: string): boolean {
    const apiVersion = apiVersionOf(this.#options.readKind.declaration.group, this.#version);
    return observed.resourceVersion === resourceVersion && observed.apiVersion === apiVersion;
  }

  /**
   * An API server counts what is asked for in `generation`, labels and annotations apart: what did not change need not be judged again. That holds
   * from one version to the next. A list may come from a server that was set back, which counts again, or follow what another daemun kept (it
   * has no version), whose defaults may be others.
   */
  #hasOtherStatusAtMost({ resource, observed, refused }: Entry, parts: RawObject): boolean {
    if (!this.#options.readKind.hasStatus || resource === undefined || refused !== NO_FINDINGS) return false;
    const { uid, generation, labels = {}, annotations = {} } = mappingOf(parts['metadata']);
    const { metadata } = resource;
    return (
      observed.resourceVersion !== '' &&
      uid === observed.uid &&
      generation === observed.generation &&
      parts['apiVersion'] === observed.apiVersion &&
      isDeepStrictEqual([labels, annotations], [metadata.labels, metadata.annotations])
    );
  }

  /** The one before when the two differ in nothing but a status that is ours: others write it, and so do we. */
  #sameOrNew(before: Resource | undefined, after: Resource): Resource {
    if (after.kind === 'EndpointSlice')
      return sharedSlice(before?.kind === 'EndpointSlice' ? before : undefined, after);
    if (before === undefined || !this.#options.readKind.hasStatus) return share(before, after);
    return isDeepStrictEqual(withoutStatus(before), withoutStatus(after)) ? before : after;
  }

  #observe(parts: RawObject, { ref, key }: AdmittedObject, resourceVersion: string): ObservedObject {
    const { declaration, hasStatus } = this.#options.readKind;
    const metadata = mappingOf(parts['metadata']);
    const { generation } = metadata;
    return {
      key,
      path: `${collectionPath(declaration, this.#version, ref?.namespace)}/${ref?.name}`,
      apiVersion: textOf(parts['apiVersion']),
      uid: textOf(metadata['uid']),
      resourceVersion,
      generation: typeof generation === 'number' ? generation : 1,
      status: hasStatus ? parts['status'] : undefined,
    };
  }
}

const NO_FINDINGS: readonly Finding[] = [];

function withoutStatus(resource: Resource): unknown {
  return { ...resource, status: undefined };
}

/** The answer to a write may come before the watch tells of what was there before it. Versions that are no numbers tell nothing. */
function isOlder({ observed }: Entry, known: Entry | undefined): boolean {
  return (
    observed.uid === known?.observed.uid && Number(observed.resourceVersion) < Number(known.observed.resourceVersion)
  );
}

function refusedFindings({ ref, issues }: AdmittedObject, before: Entry | undefined): readonly Finding[] {
  const about = ref === undefined ? {} : { resource: ref };
  const findings: Finding[] = issues.map(issue => ({ ...issue, ...about }));
  if (before?.resource !== undefined && ref !== undefined) {
    const { severity, help } = CATALOGUE['store/kept-object'];
    const message = `${ref.kind} ${ref.name} was refused; it is served as it was before the change`;
    findings.push({ code: 'store/kept-object', severity, resource: ref, path: [], message, help });
  }
  return findings;
}

function fullNameOf(object: RawObject): string {
  const metadata = mappingOf(object['metadata']);
  const namespace = textOf(metadata['namespace']);
  const name = textOf(metadata['name']);
  return namespace === '' ? name : `${namespace}/${name}`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
