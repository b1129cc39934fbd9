// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '../../proxy/virtual-clock.test-support.ts';
import { EVENT_PACE, WRITE_PACE } from './write-pace.ts';
import { type RefusedAnswer, WriteQueue } from './write-queue.ts';

const TERMINATING = { message: 'no', details: { causes: [{ reason: 'NamespaceTerminating' }] } };
const DENIED = { status: { allowed: false } };

for (const [what, status, json, isDropped] of [
  ['of a namespace that is gone', 404, {}, true],
  ['of a namespace that goes', 403, TERMINATING, true],
  ['that the server does not take as it is', 422, {}, true],
  ['of a kind that may not be written now', 403, DENIED, false],
  ['to a server that struggles', 503, {}, false],
  ['that a page answers', 200, undefined, false],
  ['that was taken', 201, {}, false],
] as const) {
  test(`a write ${what} is ${isDropped ? 'given up, and its maker told' : 'not given up'}`, async t => {
    const said: string[] = [];
    const queue = new WriteQueue({
      client: { request: async () => ({ status, headers: {}, json }) },
      clock: new VirtualClock(),
      random: () => 0,
      pace: EVENT_PACE,
      onRefused: () => undefined,
      prepare: () => ({
        request: { method: 'POST', path: '/', body: {} },
        done: () => said.push('done'),
        dropped: () => said.push('dropped'),
        conflicted: () => Promise.resolve(),
      }),
    });
    t.after(() => queue.stop());
    queue.start();
    queue.mark('Event/a/e');
    await new Promise(resolve => setImmediate(resolve));
    assert.deepEqual(said, isDropped ? ['dropped'] : status === 201 ? ['done'] : []);
  });
}

test('a write that a page answers with 404 is told, and tried again in a minute', async t => {
  const clock = new VirtualClock();
  const [asked, told]: [string[], number[]] = [[], []];
  let json: unknown;
  const queue = new WriteQueue({
    client: {
      async request({ path }) {
        asked.push(path);
        return { status: json === undefined ? 404 : 200, headers: {}, json };
      },
    },
    clock,
    random: () => 0,
    pace: WRITE_PACE,
    onRefused: (_key, { status }) => told.push(status ?? 0),
    prepare: key => ({
      request: { method: 'PUT', path: `/${key}`, body: {} },
      done: () => undefined,
      conflicted: () => Promise.resolve(),
    }),
  });
  t.after(() => queue.stop());
  queue.start();
  queue.mark('HTTPRoute/a/r');
  await queue.settled();
  assert.deepEqual([asked.length, told, queue.refused.length], [1, [404], 1]);
  json = {};
  clock.advance(60_000);
  await queue.settled();
  assert.deepEqual([asked.length, told, queue.refused.length], [2, [404], 0]);
});

/** A queue with one object, and how often it was asked for. `statuses`: of the answers, the last one from then on. */
function conflicting(statuses: readonly number[]) {
  const clock = new VirtualClock();
  let asked = 0;
  const queue = new WriteQueue({
    client: {
      async request() {
        const status = statuses[Math.min(asked, statuses.length - 1)] ?? 409;
        asked++;
        return { status, headers: {}, json: {} };
      },
    },
    clock,
    random: () => 0,
    pace: WRITE_PACE,
    onRefused: () => undefined,
    prepare: () => ({
      request: { method: 'PUT', path: '/', body: {} },
      done: () => undefined,
      conflicted: () => Promise.resolve(),
    }),
  });
  queue.start();
  let told = 0;
  /** Writes since it was asked last, when so many milliseconds are over. */
  const within = async (ms: number): Promise<number> => {
    for (let at = 0; at < ms; at += 10) {
      await new Promise(resolve => setImmediate(resolve));
      clock.advance(10);
    }
    await new Promise(resolve => setImmediate(resolve));
    const more = asked - told;
    told = asked;
    return more;
  };
  return { queue, within };
}

test('a write that others are faster with is tried again at once', async t => {
  const { queue, within } = conflicting([409, 409, 409, 200]);
  t.after(() => queue.stop());
  queue.mark('Gateway/a/g');
  assert.equal(await within(10), 4);
  assert.deepEqual(queue.counts, { written: 1, conflicts: 3, refused: 0, failed: 0 });
});

test('a write that is in conflict with whatever there is does not keep the server busy', async t => {
  const { queue, within } = conflicting([409]);
  t.after(() => queue.stop());
  queue.mark('Gateway/a/g');
  assert.ok((await within(60_000)) < 20);
  assert.ok((await within(60_000)) < 10, 'the longer, the more seldom');
  assert.ok((await within(60_000)) > 0, 'it is not given up');
});

test('a write that was in conflict for long is as quick as ever when it was taken', async t => {
  const { queue, within } = conflicting([...Array<number>(8).fill(409), 200, 409, 409, 409, 200]);
  t.after(() => queue.stop());
  queue.mark('Gateway/a/g');
  assert.equal(await within(60_000), 9);
  queue.mark('Gateway/a/g');
  assert.equal(await within(10), 4);
});

test('what a fault of ours keeps from being written is said once and tried again, and others are written', async t => {
  const clock = new VirtualClock();
  const written: string[] = [];
  const refused: (readonly [key: string, answer: RefusedAnswer])[] = [];
  let isBroken = true;
  const queue = new WriteQueue({
    client: {
      async request({ path }) {
        written.push(path);
        return { status: 200, headers: {}, json: {} };
      },
    },
    clock,
    random: () => 0,
    pace: WRITE_PACE,
    onRefused: (key, answer) => refused.push([key, answer]),
    prepare(key) {
      if (isBroken && key === 'Gateway/a/odd') throw new TypeError('a fault');
      return {
        request: { method: 'PUT', path: key, body: {} },
        done: () => undefined,
        conflicted: () => Promise.resolve(),
      };
    },
  });
  t.after(() => queue.stop());
  const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));
  queue.start();
  for (const key of ['Gateway/a/odd', 'Gateway/a/x', 'Gateway/a/odd', 'Gateway/a/y']) queue.mark(key);
  await turn();
  assert.deepEqual(written, ['Gateway/a/x', 'Gateway/a/y']);
  assert.deepEqual(refused, [['Gateway/a/odd', { status: null, message: 'a fault', alike: 0 }]]);
  assert.deepEqual(
    queue.refused.map(({ what }) => what),
    ['Gateway/a/odd'],
  );
  assert.equal(queue.due, 0);
  isBroken = false;
  clock.advance(60_000);
  await turn();
  assert.deepEqual(written, ['Gateway/a/x', 'Gateway/a/y', 'Gateway/a/odd']);
  assert.deepEqual(queue.refused, []);
});
