// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

const folder = mkdtempSync(join(tmpdir(), 'daemun-compiled-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** The folders of a process and of a thread of it, as they say. `enable`: what the process does first. */
function foldersAfter(enable: string): readonly unknown[] {
  const code = `
    import { enableCompileCache, getCompileCacheDir } from 'node:module';
    import { Worker } from 'node:worker_threads';
    import { threadEnvironment } from ${JSON.stringify(new URL('./compiled-modules.ts', import.meta.url).href)};
    ${enable};
    const ask = 'import { parentPort } from "node:worker_threads"; import { getCompileCacheDir } from "node:module"; parentPort.postMessage(getCompileCacheDir() ?? null)';
    const thread = new Worker(ask, { eval: true, env: threadEnvironment() });
    thread.on('message', folder => console.log(JSON.stringify([getCompileCacheDir() ?? null, folder])));
  `;
  const env = { ...process.env, NODE_COMPILE_CACHE: undefined };
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', code], { env, encoding: 'utf8' }));
}

describe('a thread', () => {
  it('has the modules that its process keeps compiled', () => {
    const [ofProcess, ofThread] = foldersAfter(`enableCompileCache(${JSON.stringify(folder)})`);
    assert.ok(typeof ofProcess === 'string' && ofProcess.startsWith(folder));
    assert.equal(ofThread, ofProcess);
  });

  it('keeps none where its process does not', () => {
    assert.deepEqual(foldersAfter(''), [null, null]);
  });
});
