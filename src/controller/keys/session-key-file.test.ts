// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ringKey } from '../../proxy/index.ts';
import { SessionKeyFile } from './session-key-file.ts';

describe('the file of session keys', () => {
  let folder = '';
  let path = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'daemun-keys-'));
    path = join(folder, 'state', 'session-keys');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const key = (byte: number, createdAtMs: number) => ringKey(Buffer.alloc(32, byte), createdAtMs);

  it('gives back what was saved, and is for its owner alone', () => {
    const file = new SessionKeyFile(path);
    assert.deepEqual(file.load(), []);
    const keys = [key(1, 1_700_000_000_000), key(2, 1_600_000_000_000)];
    file.save(keys);
    assert.deepEqual(new SessionKeyFile(path).load(), keys);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(statSync(join(folder, 'state')).mode & 0o777, 0o700);
    assert.deepEqual(readdirSync(join(folder, 'state')), ['session-keys']);
  });

  it('leaves the keys of a process that was quicker', () => {
    const [one, two] = [new SessionKeyFile(path), new SessionKeyFile(path)];
    one.load();
    two.load();
    one.save([key(1, 1)]);
    two.save([key(2, 2)]);
    assert.deepEqual(two.load(), [key(1, 1)]);
    two.save([key(3, 3), key(1, 1)]);
    assert.deepEqual(one.load(), [key(3, 3), key(1, 1)]);
  });

  it('is written anew for its owner alone, whatever stood there', () => {
    new SessionKeyFile(path).save([]);
    writeFileSync(path, '', { mode: 0o644 });
    const file = new SessionKeyFile(path);
    file.load();
    file.save([key(1, 1)]);
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  it('reads what an earlier version wrote, and leaves alone what is in a format that it does not know', () => {
    new SessionKeyFile(path).save([]);
    const line = `2023-11-14T22:13:20.000Z ${Buffer.alloc(32, 1).toString('base64url')}\n`;
    const known = [key(1, 1_700_000_000_000)];
    for (const text of [`# Keys of daemun session tokens.\n${line}`, `# format 1\n${line}`]) {
      writeFileSync(path, text);
      assert.deepEqual(new SessionKeyFile(path).load(), known);
    }
    new SessionKeyFile(path).save(known);
    assert.match(readFileSync(path, 'utf8'), /^# format 1$/m);
    writeFileSync(path, `# format 2\n${line}`);
    assert.throws(
      () => new SessionKeyFile(path).load(),
      /session-keys is in format 2, of another version; this one knows format 1/,
    );
    assert.match(readFileSync(path, 'utf8'), /^# format 2$/m);
  });

  it('names the line that is no key, and keeps it', () => {
    new SessionKeyFile(path).save([]);
    for (const line of [
      '2026-01-01T00:00:00Z',
      `now ${'A'.repeat(43)}`,
      `2026-01-01T00:00:00Z ${'A'.repeat(42)}`,
      'x y z',
    ]) {
      writeFileSync(path, `# comment\n\n${line}\n`);
      assert.throws(() => new SessionKeyFile(path).load(), /session-keys:3: not a time and 32 bytes/);
      assert.match(readFileSync(path, 'utf8'), /comment/);
    }
    writeFileSync(path, '#'.repeat(20_000));
    assert.throws(() => new SessionKeyFile(path).load(), /has 20000 bytes/);
    writeFileSync(path, `2026-01-01T00:00:00Z ${'A'.repeat(43)}\n`.repeat(17));
    assert.throws(() => new SessionKeyFile(path).load(), /more than 16 keys/);
  });
});
