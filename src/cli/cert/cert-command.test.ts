// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { chmod, lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { parse } from 'yaml';
import { recordingTerminal } from '../recording-terminal.test-support.ts';
import { certCommand } from './cert-command.ts';

describe('daemun cert', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'daemun-cert-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function run(...args: string[]): Promise<string> {
    const terminal = recordingTerminal();
    const command = certCommand(terminal).exitOverride();
    for (const sub of command.commands) sub.exitOverride().configureOutput({ writeErr: () => {} });
    await command.parseAsync(args, { from: 'user' });
    return terminal.stdout();
  }

  it('makes the CN and the SAN of a tutorial with --self-signed', async () => {
    await run('issue', '--host', 'grpc.example.com', '--self-signed', '--days', '30', '--out', folder);
    const certificate = new X509Certificate(await readFile(join(folder, 'tls.crt')));
    assert.equal(certificate.subject, 'CN=grpc.example.com');
    assert.equal(certificate.subjectAltName, 'DNS:grpc.example.com');
    assert.equal((await stat(join(folder, 'tls.key'))).mode & 0o077, 0);
  });

  it('writes the key for its owner only, whatever stood in its place', async () => {
    const key = join(folder, 'tls.key');
    const elsewhere = join(folder, 'elsewhere');
    await writeFile(elsewhere, 'untouched', { mode: 0o644 });
    const issue = ['issue', '--host', 'grpc.example.com', '--self-signed', '--out', folder];
    await symlink(elsewhere, key);
    await assert.rejects(run(...issue), /is there already/);
    await run(...issue, '--force');
    assert.equal((await lstat(key)).mode, 0o100_600);
    await chmod(key, 0o666);
    await run(...issue, '--force');
    assert.equal((await lstat(key)).mode, 0o100_600);
    assert.equal(await readFile(elsewhere, 'utf8'), 'untouched');
    assert.deepEqual((await readdir(folder)).sort(), ['elsewhere', 'tls.crt', 'tls.key']);
  });

  it('signs with the development CA of the state directory, which `cert ca` shows', async () => {
    await run('issue', '--host', '*.example.com', '--host', '127.0.0.1', '--out', folder, '--state-dir', folder);
    const caFile = (await run('ca', '--state-dir', folder)).trim();
    const certificate = new X509Certificate(await readFile(join(folder, 'tls.crt')));
    assert.ok(certificate.verify(new X509Certificate(await readFile(caFile)).publicKey));
    assert.equal(certificate.subjectAltName, 'DNS:*.example.com, IP Address:127.0.0.1');
  });

  it('refuses what is said of a new CA where none is made', async () => {
    for (const flags of [['--name', 'x'], ['--days', '30'], ['--force']])
      await assert.rejects(run('ca', '--state-dir', folder, ...flags), { message: `${flags[0]} is for a new CA` });
    assert.deepEqual(await readdir(folder), []);
  });

  it('signs with a CA of its own files', async () => {
    await run('ca', '--out', folder, '--name', 'Test CA');
    const files = ['--ca', join(folder, 'ca.crt'), '--ca-key', join(folder, 'ca.key')];
    await run('issue', '--host', 'a.example.com', '--out', folder, ...files);
    assert.equal(new X509Certificate(await readFile(join(folder, 'tls.crt'))).issuer, 'CN=Test CA');
  });

  it('says in plain words that the files of a CA are missing', async () => {
    const files = ['--ca', join(folder, 'none.crt'), '--ca-key', join(folder, 'none.key')];
    await assert.rejects(run('issue', '--host', 'a.example.com', ...files), {
      exitCode: 3,
      message: /cannot be used: there is no such file or folder$/,
    });
  });

  it('prints a Secret that a cluster takes', async () => {
    const yaml = await run('issue', '--host', 'a.example.com', '--self-signed', '--secret', 'infra/api-tls-cert');
    const secret = parse(yaml);
    assert.equal(secret.type, 'kubernetes.io/tls');
    assert.deepEqual(secret.metadata, { name: 'api-tls-cert', namespace: 'infra' });
    assert.match(Buffer.from(secret.data['tls.crt'], 'base64').toString(), /^-----BEGIN CERTIFICATE-----/);
    assert.match(Buffer.from(secret.data['tls.key'], 'base64').toString(), /^-----BEGIN PRIVATE KEY-----/);
  });

  it('prints names that look like numbers or booleans as texts', async () => {
    const yaml = await run('issue', '--host', 'a.example.com', '--self-signed', '--secret', 'no/123');
    assert.match(yaml, /^ {2}name: "123"\n {2}namespace: "no"$/m);
  });

  it('overwrites files only when forced', async () => {
    const args = ['issue', '--host', 'a.example.com', '--self-signed', '--out', folder];
    await run(...args);
    await assert.rejects(run(...args), { exitCode: 3, hint: 'Overwrite it with --force.' });
    await run(...args, '--force');
  });

  it('refuses what it cannot understand with exit code 2', async () => {
    const wrong = [
      [],
      ['--host', 'http://a'],
      ['--host', 'a.example.com', '--ca', 'ca.crt'],
      ['--host', 'a.example.com', '--secret', 'a/b/c'],
      ['--host', 'a.example.com', '--self-signed', '--ca', 'x', '--ca-key', 'y'],
    ];
    for (const args of wrong) await assert.rejects(run('issue', ...args), { exitCode: 2 });
  });

  it('says where nothing can be written, and ends', { skip: process.platform !== 'linux' }, async () => {
    const issue = ['issue', '--host', 'a', '--self-signed', '--out'];
    await assert.rejects(run(...issue, '/dev/null'), {
      exitCode: 3,
      message: /cannot be written to \/dev\/null: a file stands where a folder should be$/,
    });
    await assert.rejects(run(...issue, '/proc/a/b'), {
      exitCode: 3,
      message: /cannot be written to \/proc\/a\/b: there is no such file or folder$/,
    });
    await assert.rejects(run('ca', '--state-dir', '/proc/a/b'), {
      code: 'demo/unusable-ca',
      message: /^the development CA in \/proc\/a\/b cannot/,
    });
  });

  it('says which CA file cannot be used', async () => {
    const args = ['issue', '--host', 'a', '--ca', join(folder, 'none.crt'), '--ca-key', join(folder, 'none.key')];
    await assert.rejects(run(...args), { exitCode: 3, message: /none\.crt/ });
  });
});
