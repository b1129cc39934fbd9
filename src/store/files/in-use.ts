// SPDX-License-Identifier: Apache-2.0

import type { ResourceRef } from '../../errors/index.ts';
import type { Resource } from '../../resources/index.ts';
import { keyOfRef } from '../object-key.ts';
import type { FileDocument, FileVersion } from './file-version.ts';

/** An object that is served, and where it is written. */
export interface ServedObject {
  readonly ref: ResourceRef;
  readonly resource: Resource;
  readonly version: FileVersion;
  readonly document: FileDocument;
}

/** What of a file is served. */
export interface InUse {
  readonly objects: readonly ServedObject[];
  /** Those that are served as they were, because their new text was refused. */
  readonly kept: readonly ServedObject[];
  /** True when the file as a whole is served as it was, because it could not be read as YAML. */
  readonly isStale: boolean;
}

/**
 * Decides what is served after a file changed. A text that is not YAML changes nothing: what a broken document meant to
 * say is unknown. An object that an API server would refuse stays as it was, as it would there. The first time, all that
 * can be read is served.
 */
export function selectInUse(version: FileVersion, previous: InUse): InUse {
  if (version.hasFailure && previous.objects.length > 0) return { ...previous, isStale: true };
  const objects: ServedObject[] = [];
  const refused: ResourceRef[] = [];
  for (const document of version.documents) {
    for (const { ref, resource, issues } of document.content.objects) {
      if (ref !== undefined && resource !== undefined) objects.push({ ref, resource, version, document });
      else if (ref !== undefined && issues.some(({ severity }) => severity === 'error')) refused.push(ref);
    }
  }
  const kept = refused.length === 0 ? [] : keepRefused(refused, objects, previous);
  return { objects: [...objects, ...kept], kept, isStale: false };
}

function keepRefused(
  refused: readonly ResourceRef[],
  objects: readonly ServedObject[],
  previous: InUse,
): ServedObject[] {
  const written = new Set(objects.map(({ ref }) => keyOfRef(ref)));
  const wanted = new Set(refused.map(keyOfRef).filter(key => !written.has(key)));
  return previous.objects.filter(({ ref }) => wanted.has(keyOfRef(ref)));
}
