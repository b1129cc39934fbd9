// SPDX-License-Identifier: Apache-2.0

import type { ResourceRef } from '../../errors/index.ts';
import type { Resource } from '../../resources/index.ts';
import type { ObjectsByKind } from '../resource-table.ts';
import type { WrittenObject } from './document.ts';
import type { FileDocument, FileVersion } from './file-version.ts';
import { isCut } from './kept-issues.ts';
import { unfinishedObject } from './lost-parts.ts';

/** An object that is served. */
export interface ServedObject extends WrittenObject {
  readonly ref: ResourceRef;
  readonly resource: Resource;
}

/** What of a file is served, and what there is to say about it. */
export interface InUse {
  /** In the order of the file; a list that did not change is the same list. */
  readonly objects: ObjectsByKind<ServedObject>;
  /** What the file no longer holds but may again: served where no file holds an object of that name. */
  readonly missing: ObjectsByKind<ServedObject>;
  /** Served as it was, because its new text looks unfinished. */
  readonly unfinished: ServedObject | undefined;
  /** Those that are served as they were, because their new text was refused. */
  readonly kept: readonly ServedObject[];
  /** True when the file as a whole is served as it was, because it could not be read as YAML. */
  readonly isStale: boolean;
  /** Documents of the version as it is written now that there is something to say about. */
  readonly noted: readonly FileDocument[];
}

const NONE: ObjectsByKind<ServedObject> = new Map();

/** What of a file is served before it was read. */
export const NOTHING_IN_USE: InUse = {
  objects: NONE,
  missing: NONE,
  unfinished: undefined,
  kept: [],
  isStale: false,
  noted: [],
};

/** How many objects are served. */
export function countServed({ objects, missing }: InUse): number {
  return [...objects.values(), ...missing.values()].reduce((sum, list) => sum + list.length, 0);
}

/** True when something is served that the file does not say, for it may be being written. */
export function isSettling({ missing, unfinished }: InUse): boolean {
  return missing.size > 0 || unfinished !== undefined;
}

/** All that was served is missing: the file is gone, perhaps not for long. */
export function missingAltogether(previous: InUse): InUse {
  const lost = [...previous.objects.values(), ...previous.missing.values()].flat();
  return { ...NOTHING_IN_USE, missing: byKind(lost) };
}

/**
 * Decides what is served after a file changed. A text that is not YAML changes nothing: what a broken document meant to
 * say is unknown. An object that an API server would refuse stays as it was, as it would there. The first time, all that
 * can be read is served.
 *
 * `whole`: the version that was last taken for complete, when this one may not be; what it takes away is served on.
 * Undefined: this one is complete.
 */
export function selectInUse(version: FileVersion, previous: InUse, whole?: FileVersion): InUse {
  const noted = version.documents.filter(isNoted);
  if (version.hasFailure && countServed(previous) > 0) return { ...previous, isStale: true, noted };
  const cut = whole === undefined ? undefined : unfinishedObject(version, whole);
  const unfinished = cut === undefined ? undefined : servedBefore(previous, cut.key);
  const objects = new Map<Resource['kind'], ServedObject[]>();
  for (const document of version.documents) {
    for (const object of document.content.objects) {
      const served = object === cut ? (unfinished ?? object) : object;
      if (isServed(served)) listOf(objects, served).push(served);
    }
  }
  const kept = keepRefused(noted, objects, previous);
  for (const object of kept) listOf(objects, object).push(object);
  return {
    objects: keepUnchanged(objects, previous.objects),
    missing: whole === undefined || holdsAll(objects, previous) ? NONE : missingFrom(version, previous),
    unfinished,
    kept,
    isStale: false,
    noted,
  };
}

function isNoted(document: FileDocument): boolean {
  const { failure, objects } = document.content;
  if (failure !== undefined || isCut(document)) return true;
  for (const { issues } of objects) if (issues.length > 0) return true;
  return false;
}

function isServed(object: WrittenObject): object is ServedObject {
  return object.resource !== undefined && object.ref !== undefined;
}

function listOf(lists: Map<Resource['kind'], ServedObject[]>, { resource: { kind } }: ServedObject): ServedObject[] {
  const known = lists.get(kind);
  if (known !== undefined) return known;
  const list: ServedObject[] = [];
  lists.set(kind, list);
  return list;
}

function byKind(objects: readonly ServedObject[]): ObjectsByKind<ServedObject> {
  return objects.length === 0 ? NONE : Map.groupBy(objects, ({ resource }) => resource.kind);
}

function servedBefore({ objects, missing }: InUse, key: string): ServedObject | undefined {
  return [...objects.values(), ...missing.values()].flat().find(object => object.key === key);
}

/** True for the usual change, at once: the same names in the same order. */
function holdsAll(served: ObjectsByKind<ServedObject>, { objects, missing }: InUse): boolean {
  if (missing.size > 0) return false;
  return [...objects].every(([kind, list]) => {
    const now = served.get(kind);
    return now?.length === list.length && list.every((object, at) => object === now[at] || object.key === now[at]?.key);
  });
}

function missingFrom({ documents }: FileVersion, { objects, missing }: InUse): ObjectsByKind<ServedObject> {
  const keys = new Set(documents.flatMap(({ content }) => content.objects.map(({ key }) => key)));
  const served = [...objects.values(), ...missing.values()].flat();
  const lost = served.filter(({ key }) => !keys.has(key));
  return lost.length === 0 ? NONE : byKind(lost);
}

function keepRefused(
  noted: readonly FileDocument[],
  objects: ObjectsByKind<ServedObject>,
  previous: InUse,
): ServedObject[] {
  const all = noted.flatMap(({ content }) => content.objects);
  const refused = all.filter(({ isRefused }) => isRefused);
  if (refused.length === 0) return [];
  const wanted = new Set(refused.map(({ key }) => key));
  for (const list of objects.values()) for (const { key } of list) wanted.delete(key);
  return [...previous.objects.values()].flatMap(list => list.filter(({ key }) => wanted.has(key)));
}

function keepUnchanged(
  after: ObjectsByKind<ServedObject>,
  before: ObjectsByKind<ServedObject>,
): ObjectsByKind<ServedObject> {
  return new Map(
    [...after].map(([kind, list]) => {
      const old = before.get(kind);
      const isSame = old?.length === list.length && list.every((object, at) => object === old[at]);
      return [kind, isSame ? old : list];
    }),
  );
}
