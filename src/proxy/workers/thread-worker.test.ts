// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { VirtualClock } from '../virtual-clock.test-support.ts';
import { SharedDeltas } from './shared-deltas.ts';
import type { ThreadHost } from './thread-host.ts';
import { ThreadWorker } from './thread-worker.ts';
import type { WorkerSettings } from './worker-runtime.ts';

const SETTINGS: WorkerSettings = {
  serverHeader: null,
  via: null,
  upstreamServiceTime: false,
  accessLog: false,
  workers: 1,
  reusePort: false,
  maxConnections: 1,
  ticketSecrets: { current: new Uint8Array(32), others: [] },
};

describe('a worker thread that hangs where nothing can end it', () => {
  let folder = '';
  let clock: VirtualClock;
  let logged: string[];
  let thread: Worker;
  let pipe: FileHandle;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'daemun-'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    clock = new VirtualClock();
    logged = [];
  });
  afterEach(async () => {
    const gone = once(thread, 'exit');
    await pipe.close();
    await gone;
    rmSync(folder, { recursive: true });
  });

  async function stuckAt(at: string): Promise<ThreadWorker> {
    process.env['STUCK_THREAD_AT'] = at;
    process.env['STUCK_THREAD_PIPE'] = join(folder, 'pipe');
    const nothing = (): void => {};
    const host: ThreadHost = {
      deltas: new SharedDeltas(),
      entry: new URL('./stuck-thread.test-support.ts', import.meta.url),
      log: { info: nothing, warn: nothing, error: message => void logged.push(message) },
      clock,
      accessLog: nothing,
      onReach: nothing,
      debug: nothing,
      onPage: nothing,
      onSeries: nothing,
      onUnbound: nothing,
      onEnded: nothing,
      onGone: nothing,
    };
    process.once('worker', created => {
      thread = created;
    });
    const worker = new ThreadWorker(0, SETTINGS, host);
    await worker.start();
    return worker;
  }

  it('is given up after a while, and said to be there still', async () => {
    const worker = await stuckAt('close');
    const closed = worker.close();
    pipe = await open(join(folder, 'pipe'), 'w');
    clock.advance(2_000);
    await turn();
    clock.advance(1_000);
    assert.equal(await closed, false);
    assert.deepEqual(logged, ['a worker does not end, whatever is done']);
    assert.equal(clock.pending, 0);
  });

  it('does not hold up a drain, whose report misses it', async () => {
    const worker = await stuckAt('stop-listening');
    const stopped = worker.stopListening();
    pipe = await open(join(folder, 'pipe'), 'w');
    clock.advance(2_000);
    await stopped;
    const drained = worker.drain(30_000);
    clock.advance(32_000);
    assert.equal(await drained, null);
    const ended = worker.close();
    clock.advance(1_000);
    assert.equal(await ended, false);
    assert.equal(clock.pending, 0);
  });
});

/** Promises that are settled by now have been answered. */
function turn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
