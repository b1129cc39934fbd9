// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createTar } from 'nanotar';
import type { ImageFile } from './image-file.ts';

/** Bytes by their digest. */
export interface Blob {
  /** `sha256:…` */
  readonly digest: string;
  readonly data: Uint8Array;
}

/** A layer of an image: a tar file, compressed. */
export interface Layer extends Blob {
  /** Of the tar file before it was compressed. */
  readonly diffId: string;
  /** What its files take when they are unpacked. */
  readonly unpackedBytes: number;
}

/** What a name in a tar file may have (ustar, without a prefix). */
const MAX_NAME_BYTES = 100;

export function blobOf(data: Uint8Array | string): Blob {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  return { digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`, data: bytes };
}

/**
 * Equal files give equal bytes, in whatever order they come: names are sorted, times are `timeMs`.
 *
 * @throws Error when a name is too long, or two files have the same.
 */
export function layerOf(files: readonly ImageFile[], timeMs: number): Layer {
  const entries = [...withFolders(files)].sort((a, b) => (a.path < b.path ? -1 : 1));
  const tar = createTar(
    entries.map(({ path, data, mode, owner = 0 }) => {
      const name = data === null ? `${path.slice(1)}/` : path.slice(1);
      if (Buffer.byteLength(name) > MAX_NAME_BYTES) throw new Error(`${path} is too long a name for a tar file`);
      const attrs = { mode: mode ?? (data === null ? '755' : '644'), uid: owner, gid: owner, mtime: timeMs };
      // An empty file without data would be a folder.
      return data === null ? { name, attrs } : { name, data, attrs };
    }),
  );
  const unpackedBytes = entries.reduce((sum, { data }) => sum + (data === null ? 0 : Buffer.byteLength(data)), 0);
  return { ...blobOf(gzipSync(tar)), diffId: blobOf(tar).digest, unpackedBytes };
}

function withFolders(files: readonly ImageFile[]): Iterable<ImageFile> {
  const all = new Map<string, ImageFile>();
  for (const file of files) {
    if (all.has(file.path)) throw new Error(`${file.path} is there twice`);
    all.set(file.path, file);
  }
  for (const { path } of files) {
    for (let folder = dirname(path); folder !== '/' && !all.has(folder); folder = dirname(folder))
      all.set(folder, { path: folder, data: null });
  }
  return all.values();
}
