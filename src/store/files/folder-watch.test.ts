// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { FSWatcher, watch } from 'node:fs';
import { describe, it } from 'node:test';
import { FolderWatch } from './folder-watch.ts';

class Watcher extends EventEmitter {
  isClosed = false;
  close(): void {
    this.isClosed = true;
  }
}

/** Watches in name only; the system refuses those beyond `limit`. */
function system(limit: number) {
  const open: Watcher[] = [];
  const begin = (): FSWatcher => {
    if (open.filter(({ isClosed }) => !isClosed).length >= limit) {
      throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    }
    const watcher = new Watcher();
    open.push(watcher);
    return watcher as unknown as FSWatcher;
  };
  return { open, begin: begin as typeof watch };
}

describe('watching folders', () => {
  it('is incomplete while the system refuses a watch, and complete when it no longer does', () => {
    const { begin } = system(1);
    const folders = new FolderWatch(() => {}, begin);
    folders.follow(
      new Map([
        ['a', '1'],
        ['b', '2'],
      ]),
    );
    assert.equal(folders.isIncomplete, true);
    folders.follow(new Map([['b', '2']]));
    assert.equal(folders.isIncomplete, false);
    folders.close();
  });

  it('begins anew for a folder in the place of another', () => {
    const { open, begin } = system(9);
    const folders = new FolderWatch(() => {}, begin);
    folders.follow(new Map([['a', '1']]));
    folders.follow(new Map([['a', '1']]));
    assert.equal(open.length, 1);
    folders.follow(new Map([['a', '2']]));
    assert.deepEqual(
      open.map(({ isClosed }) => isClosed),
      [true, false],
    );
    folders.close();
  });
});
