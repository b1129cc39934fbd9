// SPDX-License-Identifier: Apache-2.0

import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { isBrokenLink } from './find-files.ts';
import type { WatchedFile } from './watched-file.ts';

/**
 * Of files that are gone, those that someone deleted: their folder is there, and still has other manifests or never had
 * more than the one. A folder that is gone or empty may have been moved away, or be unmounted: its files may come back. So
 * may what a link led to that still stands.
 */
export function deletedFiles(gone: readonly WatchedFile[], all: Iterable<WatchedFile>): Set<WatchedFile> {
  const folders = Map.groupBy(gone, ({ path }) => dirname(path));
  const known = Map.groupBy(all, ({ path }) => dirname(path));
  return new Set(
    [...folders].flatMap(([folder, files]) => {
      const before = known.get(folder) ?? files;
      const isLeft = existsSync(folder) && (before.length === 1 || before.some(({ path }) => existsSync(path)));
      return isLeft ? files.filter(({ path }) => !isBrokenLink(path)) : [];
    }),
  );
}
