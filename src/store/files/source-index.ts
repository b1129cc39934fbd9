// SPDX-License-Identifier: Apache-2.0

import type { SourcePlace } from '../../errors/index.ts';
import type { WrittenObject } from './document.ts';
import type { FileDocument, FileVersion } from './file-version.ts';
import type { WatchedFile } from './watched-file.ts';

interface Source {
  readonly version: FileVersion;
  readonly document: FileDocument;
  readonly object: WrittenObject;
}

/** Where each object is written, as the files stand. Made when the first place is asked for. */
export class SourceIndex {
  /** By `keyOfRef`; the first of several. */
  readonly #byKey = new Map<string, Source>();
  /** The last of several: the same text twice is the same object. */
  readonly #byObject = new Map<WrittenObject, Source>();

  constructor(files: Iterable<Pick<WatchedFile, 'version'>>) {
    for (const { version } of files) if (version !== undefined) this.#add(version);
  }

  /** The place of the deepest existing node on a path in the object of a key. */
  locate(key: string, path: readonly (string | number)[]): SourcePlace | undefined {
    return placeIn(this.#byKey.get(key), path);
  }

  /** The same in one of several objects of one key. */
  placeOf(object: WrittenObject, path: readonly (string | number)[]): SourcePlace | undefined {
    return placeIn(this.#byObject.get(object), path);
  }

  #add(version: FileVersion): void {
    for (const document of version.documents) {
      for (const object of document.content.objects) {
        const source = { version, document, object };
        this.#byObject.set(object, source);
        if (object.key !== '' && !this.#byKey.has(object.key)) this.#byKey.set(object.key, source);
      }
    }
  }
}

function placeIn(source: Source | undefined, path: readonly (string | number)[]): SourcePlace | undefined {
  if (source === undefined) return undefined;
  const { version, document, object } = source;
  return { file: version.path, ...version.placeOf(document, object.value, [...object.prefix, ...path]) };
}
