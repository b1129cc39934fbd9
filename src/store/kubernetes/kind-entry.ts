// SPDX-License-Identifier: Apache-2.0

import { isDeepStrictEqual } from 'node:util';
import { CATALOGUE, type Finding, messageOf, type ResourceRef } from '../../errors/index.ts';
import { apiVersionOf, type Resource } from '../../resources/index.ts';
import { OneCopy, share } from '../../values/index.ts';
import { type AdmittedObject, admit } from '../admit.ts';
import { keyOfRef } from '../object-key.ts';
import { mappingOf } from '../plain-object.ts';
import { changedSlice } from './changed-slice.ts';
import type { ObservedObject } from './observed-object.ts';
import type { ReadKind } from './read-kinds.ts';
import { sharedSlice } from './slice-parts.ts';
import { wantedParts } from './wanted-parts.ts';

export type RawObject = Readonly<Record<string, unknown>>;

/** One object as it is served, and as the server has it. */
export interface KindEntry {
  /** The last one that our schema took; undefined: it never took one. */
  readonly resource: Resource | undefined;
  readonly observed: ObservedObject;
  /** Why our schema refuses the server's version; the resource is an older one then. */
  readonly refused: readonly Finding[];
}

/** An entry under its `namespace/name`. */
export interface NamedEntry {
  readonly fullName: string;
  readonly entry: KindEntry;
}

/** Reads the objects of one kind: an object of which nothing that is served changed stays the same resource. */
export class EntryReader {
  readonly #readKind: ReadKind;
  /** That objects come in from now on. */
  version: string;
  readonly #copies = new OneCopy();

  constructor(readKind: ReadKind) {
    this.#readKind = readKind;
    this.version = readKind.declaration.versions[0];
  }

  /**
   * undefined: it does not even say what it is. `entries`: what there was before; the answer may be one of them. Never throws: a fault of ours
   * with one object must not keep others from being read.
   */
  read(object: RawObject, of: 'list' | 'change', entries: ReadonlyMap<string, KindEntry>): NamedEntry | undefined {
    try {
      return this.#take(object, of, entries);
    } catch (error) {
      return this.#broken(object, entries, error);
    }
  }

  #take(object: RawObject, of: 'list' | 'change', entries: ReadonlyMap<string, KindEntry>): NamedEntry | undefined {
    const metadata = mappingOf(object['metadata']);
    const name = fullNameOf(object);
    const known = entries.get(name);
    const resourceVersion = textOf(metadata['resourceVersion']);
    if (known !== undefined && resourceVersion !== '' && this.#isRead(known, resourceVersion))
      return { fullName: name, entry: known };
    const changed = known && this.#readChange(known, object);
    if (changed !== undefined) return { fullName: name, entry: changed };
    const parts = wantedParts(object, this.#readKind, this.version);
    if (known !== undefined && of === 'change' && this.#hasOtherStatusAtMost(known, parts))
      return {
        fullName: name,
        entry: { ...known, observed: { ...known.observed, resourceVersion, status: parts['status'] } },
      };
    const admitted = admit(parts, { defaultNamespace: '', origin: 'cluster', copies: this.#copies });
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

  #broken(object: RawObject, entries: ReadonlyMap<string, KindEntry>, error: unknown): NamedEntry | undefined {
    const fullName = fullNameOf(object);
    if (fullName === '') return undefined;
    const { kind, declaration } = this.#readKind;
    const { namespace, name, ...metadata } = mappingOf(object['metadata']);
    const apiVersion = apiVersionOf(declaration.group, this.version);
    const resource = { apiVersion, kind, namespace: textOf(namespace), name: textOf(name) };
    const named = { key: keyOfRef(resource), resource: undefined };
    const observed = this.#observe(
      { apiVersion, metadata, status: object['status'] },
      named,
      textOf(metadata['resourceVersion']),
    );
    const known = entries.get(fullName);
    const isSameObject = known !== undefined && known.observed.uid === observed.uid;
    const refused = [brokenFinding(resource, error)];
    return { fullName, entry: { resource: isSameObject ? known.resource : undefined, observed, refused } };
  }

  /** What changes all the time is not judged anew; undefined: it has to be. */
  #readChange({ resource, observed }: KindEntry, object: RawObject): KindEntry | undefined {
    if (resource?.kind !== 'EndpointSlice') return undefined;
    if (observed.apiVersion !== apiVersionOf(this.#readKind.declaration.group, this.version)) return undefined;
    const changed = changedSlice(resource, object);
    if (changed === undefined) return undefined;
    const resourceVersion = textOf(mappingOf(object['metadata'])['resourceVersion']);
    return { resource: changed, observed: { ...observed, resourceVersion }, refused: NO_FINDINGS };
  }

  /** An object keeps its resourceVersion when its kind is served in another version; its path does not. */
  #isRead({ observed }: KindEntry, resourceVersion: string): boolean {
    const apiVersion = apiVersionOf(this.#readKind.declaration.group, this.version);
    return observed.resourceVersion === resourceVersion && observed.apiVersion === apiVersion;
  }

  /**
   * An API server counts what is asked for in `generation`, labels and annotations apart: what did not change need not be judged again. That holds
   * from one version to the next. A list may come from a server that was set back, which counts again, or follow what another daemun kept (it
   * has no version), whose defaults may be others.
   */
  #hasOtherStatusAtMost({ resource, observed, refused }: KindEntry, parts: RawObject): boolean {
    if (!this.#readKind.hasStatus || resource === undefined || refused !== NO_FINDINGS) return false;
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
    if (before === undefined || !this.#readKind.hasStatus) return share(before, after);
    return isDeepStrictEqual(withoutStatus(before), withoutStatus(after)) ? before : after;
  }

  #observe(
    parts: RawObject,
    { key, resource }: Pick<AdmittedObject, 'key' | 'resource'>,
    resourceVersion: string,
  ): ObservedObject {
    const { hasStatus } = this.#readKind;
    const metadata = mappingOf(parts['metadata']);
    const { generation } = metadata;
    return {
      key,
      apiVersion: resource?.apiVersion ?? textOf(parts['apiVersion']),
      uid: textOf(metadata['uid']),
      resourceVersion,
      generation: typeof generation === 'number' ? generation : 1,
      status: hasStatus ? parts['status'] : undefined,
    };
  }
}

/** Of an object that our schema takes. */
export const NO_FINDINGS: readonly Finding[] = [];

function withoutStatus(resource: Resource): unknown {
  return { ...resource, status: undefined };
}

function refusedFindings({ ref, issues }: AdmittedObject, before: KindEntry | undefined): readonly Finding[] {
  const about = ref === undefined ? {} : { resource: ref };
  const findings: Finding[] = issues.map(issue => ({ ...issue, ...about }));
  if (before?.resource !== undefined && ref !== undefined) {
    const { severity, help } = CATALOGUE['store/kept-object'];
    const message = `${ref.kind} ${ref.name} was refused; it is served as it was before the change`;
    findings.push({ code: 'store/kept-object', severity, resource: ref, path: [], message, help });
  }
  return findings;
}

function brokenFinding(resource: ResourceRef, error: unknown): Finding {
  const { severity, summary, help } = CATALOGUE['resource/broken'];
  return { code: 'resource/broken', severity, resource, path: [], message: `${summary}: ${messageOf(error)}`, help };
}

export function fullNameOf(object: RawObject): string {
  const metadata = mappingOf(object['metadata']);
  const namespace = textOf(metadata['namespace']);
  const name = textOf(metadata['name']);
  return namespace === '' ? name : `${namespace}/${name}`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
