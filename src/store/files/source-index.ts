// SPDX-License-Identifier: Apache-2.0

import type { SourcePlace } from '../../errors/index.ts';
import { keyOfRef } from '../object-key.ts';
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
  readonly #sources = new Map<string, Source>();

  constructor(files: Iterable<WatchedFile>) {
    for (const { version } of files) if (version !== undefined) this.#add(version);
  }

  /** The place of the deepest existing node on a path in an object. */
  locate(key: string, path: readonly (string | number)[]): SourcePlace | undefined {
    const source = this.#sources.get(key);
    if (source === undefined) return undefined;
    const { version, document, object } = source;
    return { file: version.path, ...version.placeOf(document, object.value, [...object.prefix, ...path]) };
  }

  #add(version: FileVersion): void {
    for (const document of version.documents) {
      for (const object of document.content.objects) {
        const key = object.ref === undefined ? undefined : keyOfRef(object.ref);
        if (key !== undefined && !this.#sources.has(key)) this.#sources.set(key, { version, document, object });
      }
    }
  }
}
