// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { makeFolder } from './make-folder.ts';

describe('makeFolder', () => {
  const base = mkdtempSync(join(tmpdir(), 'daemun-'));
  after(() => rmSync(base, { recursive: true }));

  it('makes what is missing, for its owner alone', () => {
    makeFolder(join(base, 'a/b/c'));
    for (const folder of ['a', 'a/b', 'a/b/c']) assert.equal(statSync(join(base, folder)).mode & 0o777, 0o700);
    makeFolder(join(base, 'a/b/c'));
  });

  it('throws what the system says', () => {
    writeFileSync(join(base, 'file'), '');
    assert.throws(() => makeFolder(join(base, 'file/inner')), { code: 'ENOTDIR' });
    symlinkSync(join(base, 'nowhere'), join(base, 'link'));
    assert.throws(() => makeFolder(join(base, 'link')), { code: 'EEXIST' });
  });

  it('ends in /proc, where nothing can be made', { skip: process.platform !== 'linux' }, () => {
    assert.throws(() => makeFolder('/proc/daemun/a/b'), { code: 'ENOENT' });
  });
});
