// SPDX-License-Identifier: Apache-2.0

import type { ResourceRef } from '../../errors/index.ts';
import type { Resource } from '../../resources/index.ts';
import type { ObjectsByKind } from '../resource-table.ts';
import type { WrittenObject } from './document.ts';
import type { FileDocument, FileVersion } from './file-version.ts';

/** An object that is served. */
export interface ServedObject extends WrittenObject {
  readonly ref: ResourceRef;
  readonly resource: Resource;
}

/** What of a file is served, and what there is to say about it. */
export interface InUse {
  /** In the order of the file; a list that did not change is the same list. */
  readonly objects: ObjectsByKind<ServedObject>;
  /** Those that are served as they were, because their new text was refused. */
  readonly kept: readonly ServedObject[];
  /** True when the file as a whole is served as it was, because it could not be read as YAML. */
  readonly isStale: boolean;
  /** Documents of the version as it is written now that there is something to say about. */
  readonly noted: readonly FileDocument[];
}

/** What of a file is served before it was read. */
export const NOTHING_IN_USE: InUse = { objects: new Map(), kept: [], isStale: false, noted: [] };

/** How many objects are served. */
export function countServed({ objects }: InUse): number {
  return [...objects.values()].reduce((sum, list) => sum + list.length, 0);
}

/**
 * Decides what is served after a file changed. A text that is not YAML changes nothing: what a broken document meant to
 * say is unknown. An object that an API server would refuse stays as it was, as it would there. The first time, all that
 * can be read is served.
 */
export function selectInUse(version: FileVersion, previous: InUse): InUse {
  const noted = version.documents.filter(isNoted);
  if (version.hasFailure && countServed(previous) > 0) return { ...previous, isStale: true, noted };
  const objects = new Map<Resource['kind'], ServedObject[]>();
  for (const document of version.documents) {
    for (const object of document.content.objects) if (isServed(object)) listOf(objects, object).push(object);
  }
  const kept = keepRefused(noted, objects, previous);
  for (const object of kept) listOf(objects, object).push(object);
  return { objects: keepUnchanged(objects, previous.objects), kept, isStale: false, noted };
}

function isNoted({ content: { failure, objects } }: FileDocument): boolean {
  return failure !== undefined || objects.some(({ issues }) => issues.length > 0);
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

function keepRefused(
  noted: readonly FileDocument[],
  objects: ObjectsByKind<ServedObject>,
  previous: InUse,
): ServedObject[] {
  const all = noted.flatMap(({ content }) => content.objects);
  const refused = all.filter(({ resource, issues }) => resource === undefined && issues.some(isError));
  if (refused.length === 0) return [];
  const wanted = new Set(refused.map(({ key }) => key));
  for (const list of objects.values()) for (const { key } of list) wanted.delete(key);
  return [...previous.objects.values()].flatMap(list => list.filter(({ key }) => wanted.has(key)));
}

function isError({ severity }: WrittenObject['issues'][number]): boolean {
  return severity === 'error';
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
