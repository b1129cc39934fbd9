// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';

/** What the code of a thread begins with. */
const IMPORTS = `
  const { giveBackStart, ServingHeap, ThreadHeap } = await import('${new URL('./thread-heap.ts', import.meta.url)}');
  const { until } = await import('${new URL('../../time/until.test-support.ts', import.meta.url)}');
  const { parentPort } = await import('node:worker_threads');
  const MIB = 1_048_576;
  const heap = new ServingHeap();
  const objects = () => Array.from({ length: 40 }, () => Array.from({ length: 20_000 }, (_, at) => ({ at })));
  const buffers = () => Array.from({ length: 48 }, () => Buffer.alloc(MIB, 1));
  // A collection that V8 had begun by then is over first.
  const bytesBefore = (make, bytes) => { const held = make(); new ThreadHeap().collect(); const all = bytes(); held.length = 0; return all; };
  // Nor is all that is asked for done: relief asks again, too.
  const patiently = ask => { let turns = 0; return () => ++turns % 1_000 === 0 && ask(); };
`;

/** Runs in a thread of its own, where V8 is not in the midst of a collection. Resolves with what it posts; rejects with what it throws. */
async function inThread(code: string): Promise<unknown> {
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(IMPORTS + code)}`));
  let posted: unknown = null;
  worker.once('message', message => {
    posted = message;
  });
  await once(worker, 'exit');
  return posted;
}

describe("a thread's heap", () => {
  it('shrinks at once where no traffic waits', async () => {
    const given = await inThread(`
      const still = new ThreadHeap();
      const held = objects();
      const before = still.heldBytes();
      held.length = 0;
      still.shrink();
      parentPort.postMessage(before - still.heldBytes());`);
    assert.ok(Number(given) > 20_971_520, `${given} bytes were given back`);
  });

  it('shrinks what V8 holds', async () => {
    await inThread(`
      const had = bytesBefore(objects, () => heap.heldBytes());
      heap.shrink();
      await until(() => had - heap.heldBytes() > 20 * MIB, patiently(() => heap.shrink()));`);
  });

  it('gives back what a thread dropped, buffers included', async () => {
    await inThread(`
      const had = bytesBefore(buffers, () => heap.usedBytes());
      heap.collect();
      await until(() => had - heap.usedBytes() > 32 * MIB, patiently(() => heap.collect()));`);
  });

  for (const [which, shrink] of [
    ['that carries traffic', 'heap.shrink()'],
    ['that carries none', 'new ThreadHeap().shrinkBeside()'],
  ] as const) {
    it(`is collected beside what a thread ${which} does, which does not stop until it is over`, async () => {
      const given = await inThread(`
        const had = bytesBefore(objects, () => heap.heldBytes());
        ${shrink};
        const atOnce = had - heap.heldBytes();
        await until(() => had - heap.heldBytes() > 20 * MIB, patiently(() => ${shrink}));
        parentPort.postMessage(atOnce);`);
      assert.ok(Number(given) < 5_000_000, `${given} bytes were given back at once`);
    });
  }

  it('is collected in several threads at once, whose flags are those of the process', async () => {
    const code = 'for (let i = 0; i < 10; i++) { heap.shrink(); giveBackStart(); } parentPort.postMessage("done");';
    const posted = await Promise.all(Array.from({ length: 4 }, () => inThread(code)));
    assert.deepEqual(posted, ['done', 'done', 'done', 'done']);
  });
});
