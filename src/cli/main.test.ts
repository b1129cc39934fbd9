// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

const BIN = join(import.meta.dirname, '../../bin/daemun');
const OBJECTS = 2000;

describe('the program', () => {
  const folder = mkdtempSync(join(tmpdir(), 'daemun-main-'));
  after(() => rmSync(folder, { recursive: true }));
  const kind = 'apiVersion: gateway.networking.k8s.io/v1\nkind: GatewayClass\n';
  const objects = Array.from({ length: OBJECTS }, (_, at) => `${kind}metadata: { name: c${at} }\nspec: {}\n`);
  writeFileSync(join(folder, 'all.yaml'), objects.join('---\n'));

  it('writes all of a long output into a pipe before it ends', async () => {
    const findings: unknown = JSON.parse(await check(folder));
    assert.ok(Array.isArray(findings));
    assert.equal(findings.length, OBJECTS);
  });

  it('ends with its verdict when nobody reads it', async () => {
    assert.equal(await unread(['check', folder], 'stdout'), 1);
    assert.equal(await unread(['errors'], 'stdout'), 0);
  });

  it('ends with its verdict when nobody reads its errors', async () => {
    assert.equal(await unread(['help', 'nope'], 'stderr'), 2);
    assert.equal(await unread(['check', join(folder, 'nope')], 'stderr'), 3);
  });

  it('ends with 0 when help was asked for, and says all of it', async () => {
    for (const args of [['help'], ['help', 'get'], ['help', 'cert', 'issue'], ['get', '--help']]) {
      assert.equal(await unread(args, 'stderr'), 0, args.join(' '));
    }
  });

  it('ends in a home where no folder can be made', async () => {
    for (const HOME of ['/proc', '/dev/null']) {
      const env = { ...process.env, HOME, XDG_CACHE_HOME: undefined, NODE_COMPILE_CACHE: undefined };
      const child = spawn(process.execPath, [BIN, 'version'], { env, stdio: 'ignore' });
      assert.deepEqual(await once(child, 'exit'), [0, null]);
    }
  });

  it('fails for a full disk when that took output, and only then', async () => {
    assert.deepEqual(await full(['version'], 1), [3, 'error: the output cannot be written: ENOSPC']);
    assert.deepEqual(await full(['nope'], 1), [2, "error: unknown command 'nope'"]);
    assert.deepEqual(await full(['version'], 2), [0, '']);
    assert.deepEqual(await full(['nope'], 2), [2, '']);
  });
});

function check(folder: string): Promise<string> {
  const options = { maxBuffer: 64 * 1024 * 1024 };
  return new Promise(resolve => {
    execFile(process.execPath, [BIN, 'check', '-f', folder, '-o', 'json'], options, (_, out) => resolve(out));
  });
}

/** The exit code when the reader of one of its outputs is gone before anything is written. */
function unread(args: readonly string[], closed: 'stdout' | 'stderr'): Promise<number | null> {
  const child = spawn(process.execPath, [BIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  child[closed].destroy();
  child[closed === 'stdout' ? 'stderr' : 'stdout'].resume();
  return new Promise(resolve => child.on('exit', resolve));
}

/** Exit code and beginning of stderr when the disk of an output (1, 2) is full. */
async function full(args: readonly string[], descriptor: 1 | 2): Promise<[number | null, string]> {
  const disk = openSync('/dev/full', 'w');
  const stdio = ['ignore', 'ignore', 'pipe'] as Array<'ignore' | 'pipe' | number>;
  stdio[descriptor] = disk;
  const child = spawn(process.execPath, [BIN, ...args], { stdio });
  let told = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  const code = await new Promise<number | null>(resolve => child.on('close', resolve));
  closeSync(disk);
  return [code, told.split('\n')[0]?.replace(/(ENOSPC).*/, '$1') ?? ''];
}
