// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { VirtualClock } from '../../proxy/virtual-clock.test-support.ts';
import type { KubeResponse } from './kube-client.ts';
import { WRITE_PACE } from './write-pace.ts';
import { WriteQueue } from './write-queue.ts';

/** As an API server answers whose store does not take an object of that size: nothing says that it is about the object. */
const TOO_LARGE = { status: 500, headers: {}, json: { kind: 'Status', message: 'etcdserver: request is too large' } };
const TAKEN = { status: 200, headers: {}, json: {} };

/** A queue at a server that answers as `answer` says, by object. */
function queueAt(t: Pick<TestContext, 'after'>, answer: (key: string) => KubeResponse) {
  const clock = new VirtualClock();
  const asked: string[] = [];
  const written = new Set<string>();
  const told: string[] = [];
  const queue = new WriteQueue({
    client: {
      async request({ path }) {
        asked.push(path);
        return answer(path);
      },
    },
    clock,
    random: () => 1,
    pace: WRITE_PACE,
    onRefused: key => told.push(key),
    prepare: key => ({
      request: { method: 'PUT', path: key, body: {} },
      done: () => written.add(key),
      conflicted: () => Promise.resolve(),
    }),
  });
  t.after(() => queue.stop());
  queue.start();
  /** Milliseconds until it is so. */
  const until = async (isSo: () => boolean, atMostMs: number): Promise<number> => {
    for (let ms = 0; ; ms += 50) {
      for (let turn = 0; turn < 20; turn++) await new Promise(resolve => setImmediate(resolve));
      if (isSo()) return ms;
      assert.ok(ms < atMostMs, `not within ${atMostMs} ms`);
      clock.advance(50);
    }
  };
  return { queue, asked, written, told, until };
}

const named = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `HTTPRoute/a/${name}-${index}`);

test('objects at which the server fails do not keep it from others', async t => {
  const { queue, written, told, until } = queueAt(t, key => (key.includes('large') ? TOO_LARGE : TAKEN));
  const [large, good] = [named('large', 200), named('good', 200)];
  for (const [index, key] of good.entries()) {
    queue.mark(large[index] ?? '');
    queue.mark(key);
  }
  await until(() => written.size === good.length && queue.due === 0, 5_000);
  assert.deepEqual(
    queue.refused.map(({ what }) => what),
    told,
    'each is told',
  );
  assert.equal(told.length, large.length);
  for (let minute = 0; minute < 3; minute++) {
    await until(() => false, 60_000).catch(() => undefined);
    queue.mark(`HTTPRoute/a/later-${minute}`);
    await until(() => written.has(`HTTPRoute/a/later-${minute}`), 500);
  }
});

test('one object at which the server fails keeps others waiting for one pause each, and three times at most', async t => {
  const { queue, written, until } = queueAt(t, key => (key.includes('large') ? TOO_LARGE : TAKEN));
  queue.mark('HTTPRoute/a/large');
  for (let later = 0; later < 10; later++) {
    await until(() => false, 60_000).catch(() => undefined);
    queue.mark(`HTTPRoute/a/later-${later}`);
    await until(() => written.has(`HTTPRoute/a/later-${later}`), later < 3 ? 15_000 : 500);
  }
});

test('writes that fail together are one failure of the server', async t => {
  let isFailing = true;
  const { queue, asked, written, until } = queueAt(t, () => (isFailing ? { ...TAKEN, status: 503 } : TAKEN));
  const keys = named('route', 50);
  for (const key of keys) queue.mark(key);
  await until(() => asked.length >= WRITE_PACE.atOnce, 100);
  isFailing = false;
  await until(() => written.size === keys.length, 2_000);
});

test('a server that fails at all objects is left alone, and refuses none', async t => {
  let isFailing = true;
  const { queue, asked, written, told, until } = queueAt(t, () => (isFailing ? TOO_LARGE : TAKEN));
  const keys = named('route', 50);
  for (const key of keys) queue.mark(key);
  await until(() => false, 120_000).catch(() => undefined);
  assert.ok(asked.length < 30, `asked ${asked.length} times`);
  isFailing = false;
  await until(() => written.size === keys.length, 20_000);
  assert.deepEqual(told, []);
});

test('objects of one namespace at which the server fails do not keep it from those of others, and are written when it does not', async t => {
  let isFailing = true;
  const { queue, written, until } = queueAt(t, key => (isFailing && key.includes('large') ? TOO_LARGE : TAKEN));
  const [large, good] = [named('large', 30), ['HTTPRoute/b/1', 'HTTPRoute/b/2', 'Gateway/c/g', 'GatewayClass/c']];
  for (const key of [...large, ...good]) queue.mark(key);
  await until(() => written.size === good.length && queue.due === 0, 5_000);
  assert.equal(queue.refused.length, large.length);
  isFailing = false;
  await until(() => written.size === good.length + large.length, 61_000);
  assert.equal(queue.refused.length, 0);
});
