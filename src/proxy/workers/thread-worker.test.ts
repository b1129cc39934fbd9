// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it, type TestContext } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { EMPTY_SNAPSHOT, type Snapshot } from '../../snapshot/index.ts';
import { sharedPorts } from '../io/index.ts';
import { VirtualClock } from '../virtual-clock.test-support.ts';
import { SharedDeltas } from './shared-deltas.ts';
import { SnapshotRefused } from './snapshot-refused.ts';
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
  maxEndpointConnections: 1,
  ownPorts: sharedPorts(),
  ticketSecrets: { current: new Uint8Array(32), others: [] },
};

const nothing = (): void => {};
const HOST: Omit<ThreadHost, 'clock'> = {
  deltas: new SharedDeltas(),
  entry: new URL('./stuck-thread.test-support.ts', import.meta.url),
  log: { info: nothing, warn: nothing, error: nothing },
  accessLog: nothing,
  onReach: nothing,
  debug: nothing,
  onPage: nothing,
  onSeries: nothing,
  onUnbound: nothing,
  onEnded: nothing,
  onRefused: nothing,
  onGone: nothing,
};

describe('a worker thread that takes the place of another one', () => {
  it('is sent all there is, and that is held no longer', async t => {
    const deltas = new SharedDeltas();
    const clock = new VirtualClock();
    const first = once(process, 'worker');
    const worker = new ThreadWorker(0, SETTINGS, { ...HOST, clock, deltas });
    t.after(() => worker.terminate());
    await worker.start();
    const snapshot = { ...EMPTY_SNAPSHOT, version: 1 };
    void worker.apply(snapshot);
    deltas.forget();
    const sent = t.mock.method(deltas, 'between');
    const second = once(process, 'worker');
    await (await first)[0].terminate();
    clock.advance(60_000);
    await second;
    const [call] = sent.mock.calls;
    assert.deepEqual([sent.mock.callCount(), call?.arguments], [1, [EMPTY_SNAPSHOT, snapshot]]);
    sent.mock.restore();
    assert.notEqual(deltas.between(EMPTY_SNAPSHOT, snapshot), call?.result);
  });
});

describe('a worker thread that starts slowly', () => {
  it('is not taken for one that hangs', async t => {
    const clock = new VirtualClock();
    const logged: string[] = [];
    const log = { ...HOST.log, error: (message: string) => void logged.push(message) };
    const entry = new URL(
      "data:text/javascript,process.getBuiltinModule('worker_threads').parentPort.on('message',()=>{})",
    );
    const worker = new ThreadWorker(0, SETTINGS, { ...HOST, clock, log, entry });
    t.after(() => worker.terminate());
    void worker.start();
    for (let beats = 0; beats < 20; beats++) clock.advance(10_000);
    assert.deepEqual(logged, []);
  });
});

describe('a worker thread for which the system has no room', () => {
  it('is tried again, less and less often, until it has', async t => {
    const clock = new VirtualClock();
    const waited: unknown[] = [];
    let hasRoom = true;
    const log = { ...HOST.log, error: (_: string, fields?: object) => void waited.push({ ...fields }) };
    const host: ThreadHost = {
      ...HOST,
      ...{ clock, log },
      // Node throws EAGAIN as it makes the thread; no test may use up all that the machine has.
      get entry(): URL {
        if (hasRoom) return HOST.entry as URL;
        throw new Error('EAGAIN');
      },
    };
    const worker = new ThreadWorker(0, SETTINGS, host);
    t.after(() => worker.terminate());
    const first = once(process, 'worker');
    await worker.start();
    const [thread]: Worker[] = await first;
    const ended = once(thread as Worker, 'exit');
    hasRoom = false;
    await thread?.terminate();
    await ended;
    for (let tries = 0; tries < 20; tries++) clock.advance(5_000);
    assert.ok(waited.length >= 20);
    assert.deepEqual(waited.slice(0, 2), [
      { worker: 0, code: 1, inMs: 50 },
      { worker: 0, error: 'Error: EAGAIN', inMs: 100 },
    ]);
    assert.deepEqual(waited.at(-1), { worker: 0, error: 'Error: EAGAIN', inMs: 5_000 });
    hasRoom = true;
    const next = once(process, 'worker');
    clock.advance(5_000);
    await next;
    assert.ok(worker.isRunning);
  });
});

describe('a worker thread that cannot take up what it is given', () => {
  /** A thread that runs what is shipped; `spoils` says which differences are made to fit nowhere. */
  async function setUp(t: TestContext, spoils: (before: Snapshot) => boolean) {
    const logged: string[] = [];
    const counts = { refused: 0, ended: 0 };
    const unserved = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    const clock = new VirtualClock();
    const deltas = new SharedDeltas();
    const world = { spoils };
    const between = deltas.between.bind(deltas);
    t.mock.method(deltas, 'between', (before: Snapshot, after: Snapshot) => {
      const delta = between(before, after);
      return world.spoils(before) ? { ...delta, from: -1 } : delta;
    });
    const { entry: _, ...host } = HOST;
    const worker = new ThreadWorker(0, SETTINGS, {
      ...host,
      ...{ deltas, clock },
      log: { info: nothing, warn: nothing, error: message => void logged.push(message) },
      onRefused: () => void counts.refused++,
      onEnded: () => {
        counts.ended++;
        // Its successor is waited for from the next turn on.
        setImmediate(ended.resolve);
      },
      onUnbound: () => unserved.resolve(),
    });
    t.after(() => worker.terminate());
    await worker.start();
    return { worker, world, logged, counts, clock, unserved: unserved.promise, ended: ended.promise };
  }

  const versions = [1, 2, 3].map(version => ({ ...EMPTY_SNAPSHOT, version }));
  const [first = EMPTY_SNAPSHOT, second = EMPTY_SNAPSHOT, third = EMPTY_SNAPSHOT] = versions;

  it('as a difference is given all there is', async t => {
    const { worker, logged, counts } = await setUp(t, before => before !== EMPTY_SNAPSHOT);
    await worker.apply(first);
    const applied = [worker.apply(second), worker.apply(third)];
    for (const failures of await Promise.all(applied)) assert.equal(failures.size, 0);
    assert.ok(counts.refused > 0);
    assert.equal(counts.ended, 0);
    assert.deepEqual([...new Set(logged)], ['a worker could not take up a change; it is given all there is']);
  });

  it('as a whole serves on what it did, and who waits is told', async t => {
    const { worker, world, logged, counts } = await setUp(t, () => false);
    await worker.apply(first);
    world.spoils = () => true;
    await assert.rejects(worker.apply(second), SnapshotRefused);
    assert.deepEqual([counts.refused, counts.ended, worker.isRunning], [2, 0, true]);
    assert.equal(logged.at(-1), 'a worker could not take up all there is; what it serves goes on');
    world.spoils = () => false;
    await worker.apply(third);
    assert.equal(counts.refused, 2);
  });

  it('by a thread that takes the place of another asks for another snapshot, and ends no thread', async t => {
    const thread = once(process, 'worker');
    const { worker, world, counts, clock, unserved, ended } = await setUp(t, () => false);
    await worker.apply(first);
    world.spoils = () => true;
    await (await thread)[0].terminate();
    await ended;
    clock.advance(60_000);
    await unserved;
    assert.deepEqual(counts, { refused: 1, ended: 1 });
    world.spoils = () => false;
    await worker.apply(second);
    assert.deepEqual(counts, { refused: 1, ended: 1 });
  });
});

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
    const log = { info: nothing, warn: nothing, error: (message: string) => void logged.push(message) };
    process.once('worker', created => {
      thread = created;
    });
    const worker = new ThreadWorker(0, SETTINGS, { ...HOST, clock, log });
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
