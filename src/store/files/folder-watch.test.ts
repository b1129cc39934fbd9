// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { FSWatcher, watch } from 'node:fs';
import { describe, it } from 'node:test';
import { FolderWatch } from './folder-watch.ts';
import type { WatchedFolder } from './watched-folders.ts';

type Tell = (event: 'rename' | 'change', name: string | null) => void;

class Watcher extends EventEmitter {
  readonly tell: Tell;
  isClosed = false;

  constructor(tell: Tell) {
    super();
    this.tell = tell;
  }

  close(): void {
    this.isClosed = true;
  }
}

/** Watches in name only; the system refuses those beyond `limit`. */
function system(limit: number) {
  const open: Watcher[] = [];
  const begin = (_folder: string, _options: object, tell: Tell): FSWatcher => {
    if (open.filter(({ isClosed }) => !isClosed).length >= limit) {
      throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    }
    const watcher = new Watcher(tell);
    open.push(watcher);
    return watcher as unknown as FSWatcher;
  };
  return { open, begin: begin as unknown as typeof watch };
}

function searched(identity: string): WatchedFolder {
  return { identity, isSearched: true, names: new Set() };
}

describe('watching folders', () => {
  it('is incomplete while the system refuses a watch, and complete when it no longer does', () => {
    const { begin } = system(1);
    const folders = new FolderWatch(() => {}, begin);
    folders.follow(
      new Map([
        ['a', searched('1')],
        ['b', searched('2')],
      ]),
    );
    assert.equal(folders.isIncomplete, true);
    folders.follow(new Map([['b', searched('2')]]));
    assert.equal(folders.isIncomplete, false);
    folders.close();
  });

  it('begins anew for a folder in the place of another', () => {
    const { open, begin } = system(9);
    const folders = new FolderWatch(() => {}, begin);
    folders.follow(new Map([['a', searched('1')]]));
    folders.follow(new Map([['a', searched('1')]]));
    assert.equal(open.length, 1);
    folders.follow(new Map([['a', searched('2')]]));
    assert.deepEqual(
      open.map(({ isClosed }) => isClosed),
      [true, false],
    );
    folders.close();
  });

  it('tells nothing of files beside the manifests that are written all the time', () => {
    const { open, begin } = system(9);
    const told: (string | undefined)[] = [];
    const folders = new FolderWatch(path => told.push(path), begin);
    const names = new Set(['routes', 'linked']);
    folders.follow(
      new Map([
        ['searched', searched('1')],
        ['above', { identity: '2', isSearched: false, names }],
      ]),
    );
    const [inside, above] = open as [Watcher, Watcher];
    inside.tell('change', 'access.log');
    above.tell('change', 'access.log');
    above.tell('rename', 'other.yaml');
    inside.tell('change', '.routes.yaml.swp');
    assert.deepEqual(told, []);

    inside.tell('change', 'routes.yaml');
    inside.tell('rename', 'new-folder');
    inside.tell('rename', '..data');
    above.tell('rename', 'routes');
    above.tell('change', 'linked');
    above.tell('rename', '..data');
    above.tell('rename', null);
    const expected = ['searched/routes.yaml', 'searched/new-folder', 'searched/..data'];
    assert.deepEqual(told, [...expected, 'above/routes', 'above/linked', 'above/..data', undefined]);
    folders.close();
  });
});
