// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { findFiles } from './find-files.ts';
import { SEARCH_LIMITS } from './manifest-limits.ts';
import { configMap, temporaryFolder } from './temporary-folder.test-support.ts';

describe('looking for files', () => {
  it('finds nothing under a path with too much under it, and the rest under others', test => {
    const folder = temporaryFolder(test, { 'in/a.yaml': 'a', 'in/b.yaml': 'b', 'in/c.txt': 'c', 'd.yaml': 'd' });
    const found = (limits: Partial<typeof SEARCH_LIMITS>) => {
      const { files, problems } = findFiles([join(folder, 'in'), join(folder, 'd.yaml')], {
        ...SEARCH_LIMITS,
        ...limits,
      });
      return [files.size, ...problems.map(({ message }) => message.slice(join(folder, 'in').length))];
    };
    assert.deepEqual(found({ files: 2, entries: 3, bytes: 2 }), [3]);
    assert.deepEqual(found({ files: 1 }), [1, ' has more than 1 manifests; nothing of it is read anew']);
    assert.deepEqual(found({ entries: 2 }), [1, ' has more than 2 files and folders; nothing of it is read anew']);
    assert.equal(found({ bytes: 1 }).length, 2);
  });

  it('says what is no file, and visits a folder once', test => {
    const folder = temporaryFolder(test, { 'a.yaml': configMap('a') });
    symlinkSync('/dev/zero', join(folder, 'zero.yaml'));
    execFileSync('mkfifo', [join(folder, 'pipe.yaml')]);
    symlinkSync('.', join(folder, 'again'));
    symlinkSync('loop.yaml', join(folder, 'loop.yaml'));
    const { files, problems } = findFiles([folder]);
    assert.deepEqual([...files.keys()], [join(folder, 'a.yaml')]);
    assert.deepEqual(problems.map(({ code }) => code).sort(), [
      'store/not-a-file',
      'store/not-a-file',
      'store/unreadable',
    ]);
  });

  it('says which names it cannot read, and does not pass them over', { skip: process.platform !== 'linux' }, test => {
    const folder = temporaryFolder(test, { 'a.yaml': configMap('a') });
    writeFileSync(
      Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff]), Buffer.from('.yaml')]),
      configMap('b'),
    );
    const { files, problems } = findFiles([folder]);
    assert.deepEqual([...files.keys()], [join(folder, 'a.yaml')]);
    const path = join(folder, '\ufffd.yaml');
    const message = `${path} cannot be read: its name is not UTF-8`;
    assert.deepEqual(problems, [{ code: 'store/unreadable', path, message }]);
  });

  it('tells a file from what was written into it with its size and times as before', test => {
    const folder = temporaryFolder(test, { 'a.yaml': configMap('a', 'x') });
    const file = join(folder, 'a.yaml');
    utimesSync(file, 1, 1);
    const before = findFiles([folder]).files.get(file);
    const { ctimeMs } = statSync(file);
    do {
      writeFileSync(file, configMap('a', 'y'));
      utimesSync(file, 1, 1);
      // The clock of a file system goes in steps of milliseconds.
    } while (statSync(file).ctimeMs === ctimeMs);
    assert.notEqual(findFiles([folder]).files.get(file), before);
  });

  it('says which links lead nowhere, and watches where they would lead', test => {
    const folder = temporaryFolder(test, { 'in/a.yaml': configMap('a'), 'out/c.yaml': configMap('c') });
    symlinkSync('../out/b.yaml', join(folder, 'in', 'b.yaml'));
    symlinkSync('../out/releases', join(folder, 'in', 'current'));
    symlinkSync('nobody@host.1234', join(folder, 'in', '.#a.yaml'));
    const { problems, folders } = findFiles([join(folder, 'in')]);
    assert.deepEqual(
      problems.map(({ code, message }) => [code, message.replaceAll(folder, '')]),
      [
        ['store/path-not-found', '/in/b.yaml is a symbolic link to /out/b.yaml, which does not exist'],
        ['store/broken-link', '/in/current is a symbolic link to /out/releases, which does not exist'],
      ],
    );
    assert.deepEqual(folders.get(join(folder, 'out'))?.names, new Set(['b.yaml', 'releases']));
  });

  it('watches of a folder that is not searched only what it was led to', test => {
    const files = { 'in/a.yaml': configMap('a'), 'out/blob': configMap('b'), 'own.conf': configMap('c') };
    const folder = temporaryFolder(test, files);
    symlinkSync('../out/blob', join(folder, 'in', 'b.yaml'));
    symlinkSync('a.yaml', join(folder, 'in', 'z.yaml'));
    const { folders } = findFiles([join(folder, 'in'), join(folder, 'own.conf')]);
    const watched = [...folders].map(([path, { isSearched, names }]) => [path, isSearched, [...names].sort()]);
    assert.deepEqual(watched.sort(), [
      [folder, false, ['in', 'own.conf']],
      [join(folder, 'in'), true, ['a.yaml']],
      [join(folder, 'out'), false, ['blob']],
    ]);
  });
});
