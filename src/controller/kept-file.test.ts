// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { KeptFile } from './kept-file.ts';
import { DEFAULT_CONTROLLER_NAME } from './kubernetes-options.ts';

function folder(t: TestContext, at: string = tmpdir()): string {
  const made = mkdtempSync(join(at, 'daemun-kept-'));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

describe('the file that a cluster is kept in', () => {
  it('gives back what was put there last, to its owner alone, and leaves nothing beside it', async t => {
    const state = join(folder(t), 'state');
    const file = new KeptFile(state, DEFAULT_CONTROLLER_NAME);
    assert.equal(await file.load(), null);
    await file.save(['first']);
    await file.save(['second ', 'and ', 'last']);
    assert.equal(await file.load(), 'second and last');
    assert.deepEqual(readdirSync(state), ['kept-cluster.gz']);
    assert.equal(statSync(file.place).mode & 0o777, 0o600);
    assert.equal(statSync(state).mode & 0o777, 0o700);
  });

  it('takes away what a process left that was killed while it wrote, and not what another one may be writing', async t => {
    const state = folder(t);
    const [left, written, other] = ['.kept-cluster.gz.0', '.kept-cluster.gz.1', '.kept-cluster.0123456789abcdef.gz.0'];
    for (const name of [left, written, other]) writeFileSync(join(state, name), 'half');
    const anHourAgo = Date.now() / 1_000 - 3_600;
    for (const name of [left, other]) utimesSync(join(state, name), anHourAgo, anHourAgo);
    await new KeptFile(state, DEFAULT_CONTROLLER_NAME).save(['all']);
    assert.deepEqual(readdirSync(state).sort(), [other, written, 'kept-cluster.gz']);
  });

  it('is one for each controller, which begins with what all of them had', async t => {
    const state = folder(t);
    const first = new KeptFile(state, DEFAULT_CONTROLLER_NAME);
    const names = ['example.com/one', `example.com/${'long'.repeat(50)}`];
    const others = names.map(name => new KeptFile(state, name));
    for (const other of others) assert.equal(await other.load(), null);
    await first.save(['of all']);
    for (const other of others) assert.equal(await other.load(), 'of all');
    for (const [at, other] of others.entries()) await other.save([`of ${at}`]);
    assert.deepEqual(await Promise.all([first, ...others].map(file => file.load())), ['of all', 'of 0', 'of 1']);
    assert.equal(readdirSync(state).length, 3);
  });

  it('stays as it is when what should take its place cannot be made, or is too large', async t => {
    const state = folder(t);
    const file = new KeptFile(state, DEFAULT_CONTROLLER_NAME, { fileBytes: 10_000, textBytes: 1_000_000 });
    await file.save(['good']);
    const broken = function* () {
      yield 'begun';
      throw new Error('the world ended');
    };
    await assert.rejects(file.save(broken()), /the world ended/);
    for (const text of [() => `${Math.random()}`, () => 'x'.repeat(50_000)]) {
      const endless = function* () {
        for (;;) yield text();
      };
      await assert.rejects(file.save(endless()), /are not kept/);
    }
    assert.equal(await file.load(), 'good');
    assert.deepEqual(readdirSync(state), ['kept-cluster.gz']);
  });

  it('grows by what is appended, be that cut off at its end, and not behind what another process put there', async t => {
    const state = folder(t);
    const file = new KeptFile(state, DEFAULT_CONTROLLER_NAME, { fileBytes: 10_000, textBytes: 1_000_000 });
    assert.equal(await file.append(['nothing was saved']), false);
    await file.save(['all ']);
    assert.equal(await file.append(['and ', 'more ']), true);
    assert.equal(await file.append(['and the last, which is long enough']), true);
    assert.equal(await file.load(), 'all and more and the last, which is long enough');
    assert.equal(statSync(file.place).mode & 0o777, 0o600);
    truncateSync(file.place, statSync(file.place).size - 20);
    assert.match((await file.load()) ?? '', /^all and more (and)?/);
    await new KeptFile(state, DEFAULT_CONTROLLER_NAME).save(['of another']);
    assert.equal(await file.append(['of the first']), false);
    assert.equal(await file.load(), 'of another');
  });

  it('stays as it is when what should be appended cannot be made, or is too large', async t => {
    const file = new KeptFile(folder(t), DEFAULT_CONTROLLER_NAME, { fileBytes: 10_000, textBytes: 100_000 });
    await file.save(['good ', 'x'.repeat(50_000)]);
    const size = (): number => statSync(file.place).size;
    const before = size();
    assert.equal(await file.append(['x'.repeat(50_000)]), false, 'nobody would read so much text');
    const large = Array.from({ length: 10 }, () => randomBytes(2_000).toString('base64'));
    assert.equal(await file.append(large), false, 'part of it may be written before that is known');
    const broken = function* () {
      yield randomBytes(5_000).toString('base64');
      throw new Error('the world ended');
    };
    await assert.rejects(file.append(broken()), /the world ended/);
    assert.equal(size(), before);
    assert.equal(await file.append(['and small']), true);
    assert.match((await file.load()) ?? '', /^good x+and small$/);
  });

  it('does not grow behind what has its number in the file system but not its size', async t => {
    const file = new KeptFile(folder(t), DEFAULT_CONTROLLER_NAME);
    await file.save(['ours']);
    writeFileSync(file.place, gzipSync('of another process'));
    assert.equal(await file.append(['of the first']), false);
    assert.equal(await file.load(), 'of another process');
  });

  it('is not read when it is packed by somebody else to burst, or is no such file', async t => {
    const file = new KeptFile(folder(t), DEFAULT_CONTROLLER_NAME, { fileBytes: 10_000, textBytes: 100_000 });
    writeFileSync(file.place, gzipSync(Buffer.alloc(100_001)));
    await assert.rejects(file.load(), /are not kept/);
    writeFileSync(file.place, 'no gzip');
    await assert.rejects(file.load(), /incorrect header check/);
    writeFileSync(file.place, Buffer.alloc(10_001));
    await assert.rejects(file.load(), /more than is ever kept/);
  });

  it('takes private keys in memory only', { skip: process.platform !== 'linux' }, async t => {
    assert.equal(await new KeptFile(folder(t, '/dev/shm'), DEFAULT_CONTROLLER_NAME).takesSecrets(), true);
    assert.equal(await new KeptFile(folder(t, '/var/tmp'), DEFAULT_CONTROLLER_NAME).takesSecrets(), false);
  });

  it('says what the system says of a place that cannot be written', { skip: process.getuid?.() === 0 }, async t => {
    const closed = folder(t);
    mkdirSync(join(closed, 'state'));
    chmodSync(join(closed, 'state'), 0o500);
    await assert.rejects(new KeptFile(join(closed, 'state'), DEFAULT_CONTROLLER_NAME).save(['x']), { code: 'EACCES' });
  });

  it('rejects where nothing can be made', { skip: process.platform !== 'linux' }, async () => {
    await assert.rejects(new KeptFile('/proc/daemun', DEFAULT_CONTROLLER_NAME).save(['x']));
  });
});
