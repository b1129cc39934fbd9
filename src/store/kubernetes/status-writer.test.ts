// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { VirtualClock } from '../../proxy/virtual-clock.test-support.ts';
import type { KubeRequest, KubeResponse } from './kube-client.ts';
import type { ObservedObject } from './observed-object.ts';
import { statusWriter } from './status-writer.ts';
import type { WriteQueue } from './write-queue.ts';

const KEY = 'HTTPRoute/a/r';
type Status = Readonly<Record<string, unknown>>;

function answer(status: number, json: unknown = {}, headers: KubeResponse['headers'] = {}): KubeResponse {
  return { status, headers, json };
}

function keyOf(index: number): string {
  return `HTTPRoute/a/r${index}`;
}

function pathOf(key: string): string {
  return `/apis/gateway.networking.k8s.io/v1/namespaces/a/httproutes/${key.split('/').at(-1)}`;
}

/** An API server's objects, a writer, and what was asked of the server. */
function setUp(t: TestContext, reply?: (request: KubeRequest) => KubeResponse | undefined) {
  const clock = new VirtualClock();
  const known = new Map<string, ObservedObject>();
  const server = new Map<string, { version: number; status: Status | undefined }>();
  const wanted = new Map<string, Status>();
  const requests: KubeRequest[] = [];
  const refused: string[] = [];
  const contested: string[] = [];
  const alike: number[] = [];
  let [running, most] = [0, 0];
  const json = (path: string) => {
    const { version, status } = server.get(path) ?? { version: 0, status: undefined };
    return {
      kind: 'HTTPRoute',
      metadata: { name: path.split('/').at(-1), uid: 'u', resourceVersion: String(version), generation: 1 },
      status,
    };
  };
  const put = ({ path, body }: KubeRequest): KubeResponse => {
    const at = path.replace(/\/status$/, '');
    const held = server.get(at);
    const { metadata, status } = body as { metadata: { resourceVersion: string }; status: Status };
    if (held === undefined) return answer(404);
    if (metadata.resourceVersion !== String(held.version)) return answer(409);
    server.set(at, { version: held.version + 1, status });
    return answer(200, json(at));
  };
  const client = {
    async request(request: KubeRequest): Promise<KubeResponse> {
      requests.push(request);
      running += 1;
      most = Math.max(most, running);
      await new Promise(resolve => setImmediate(resolve));
      running -= 1;
      const other = reply?.(request);
      if (other !== undefined) return other;
      return request.method === 'GET' ? answer(200, json(request.path)) : put(request);
    },
  };
  const objects = {
    observed: (key: string) => known.get(key),
    noteWritten(object: Readonly<Record<string, unknown>>): void {
      const { metadata, status } = object as { metadata: { name: string; resourceVersion: string }; status: Status };
      const before = known.get(`HTTPRoute/a/${metadata.name}`);
      assert.ok(before, 'an object that is known');
      known.set(before.key, { ...before, resourceVersion: metadata.resourceVersion, status });
    },
  };
  const writer = statusWriter({
    client,
    objects,
    clock,
    random: () => 0,
    merge: (key, { status }) => wanted.get(key) ?? status,
    onRefused: (key, { status, message, alike: others }) => {
      refused.push(`${key} ${status} ${message}`);
      alike.push(others);
    },
    onContested: key => contested.push(key),
  });
  t.after(() => writer.stop());
  const add = (key: string, status?: Status): void => {
    const path = pathOf(key);
    server.set(path, { version: 1, status });
    known.set(key, {
      key,
      apiVersion: 'gateway.networking.k8s.io/v1',
      uid: 'u',
      resourceVersion: '1',
      generation: 1,
      status,
    });
  };
  const want = (key: string, status: Status): void => {
    wanted.set(key, status);
    writer.mark(key);
  };
  const stored = (key: string): Status | undefined => server.get(pathOf(key))?.status;
  writer.start();
  return { clock, writer, server, known, requests, refused, alike, contested, add, want, stored, most: () => most };
}

/** Moves time on until nothing is due. */
async function settle({ clock, writer }: { clock: VirtualClock; writer: WriteQueue }): Promise<number> {
  const startMs = clock.nowMs();
  let isSettled = false;
  void writer.settled().then(() => {
    isSettled = true;
  });
  for (let round = 0; !isSettled && round < 100_000; round++) {
    await new Promise(resolve => setImmediate(resolve));
    clock.advance(1);
  }
  assert.ok(isSettled, 'everything is written');
  return clock.nowMs() - startMs;
}

describe('a writer of statuses', () => {
  it('writes what it is asked for, on the version that it knows, and then nothing', async t => {
    const parts = setUp(t);
    parts.add(KEY);
    parts.want(KEY, { parents: [] });
    await settle(parts);
    assert.equal(parts.requests.length, 1);
    assert.equal(parts.requests[0]?.path, '/apis/gateway.networking.k8s.io/v1/namespaces/a/httproutes/r/status');
    assert.deepEqual(parts.requests[0]?.body, {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: 'r', namespace: 'a', uid: 'u', resourceVersion: '1' },
      status: { parents: [] },
    });
    assert.equal(parts.known.get('HTTPRoute/a/r')?.resourceVersion, '2');
    parts.writer.mark(KEY);
    // What is stored is another value now, though with the same bytes; the merge says whether that matters.
    parts.want(KEY, (parts.known.get('HTTPRoute/a/r')?.status ?? {}) as Status);
    await settle(parts);
    assert.equal(parts.requests.length, 1);
  });

  it('reads the object and writes again when somebody else was faster', async t => {
    const parts = setUp(t);
    parts.add(KEY);
    const [path] = parts.server.keys();
    parts.server.set(path ?? '', { version: 7, status: { theirs: 1 } });
    parts.want(KEY, { ours: 1 });
    await settle(parts);
    assert.deepEqual(
      parts.requests.map(({ method }) => method),
      ['PUT', 'GET', 'PUT'],
    );
    assert.deepEqual(parts.stored(KEY), { ours: 1 });
    assert.equal(parts.writer.counts.conflicts, 1);
  });

  it('lets an object rest that changes all the time', async t => {
    const parts = setUp(t);
    parts.add(KEY);
    for (let version = 1; version <= 100; version++) {
      parts.want(KEY, { version });
      for (let turn = 0; turn < 4; turn++) await new Promise(resolve => setImmediate(resolve));
      parts.clock.advance(10);
    }
    await settle(parts);
    assert.deepEqual(parts.stored(KEY), { version: 100 });
    assert.ok(parts.requests.length <= 5, `in one second: ${parts.requests.length}`);
  });

  it('gives way once a minute to somebody who undoes what it writes, and says so', async t => {
    const parts = setUp(t);
    const { clock, writer, server, known, contested } = parts;
    parts.add(KEY);
    parts.add(keyOf(1));
    parts.want(KEY, { lastTransitionTime: '0', says: 'ours' });
    for (let second = 0; second < 600; second++) {
      for (let step = 0; step < 4; step++) {
        for (let turn = 0; turn < 4; turn++) await new Promise(resolve => setImmediate(resolve));
        clock.advance(250);
      }
      const held = server.get(pathOf(KEY));
      if (held?.status?.['says'] !== 'ours') continue;
      // The other one, who also has transitions of its own.
      const status = { says: 'theirs' };
      server.set(pathOf(KEY), { version: held.version + 1, status });
      const before = known.get(KEY);
      assert.ok(before);
      known.set(KEY, { ...before, resourceVersion: String(held.version + 1), status });
      parts.want(KEY, { lastTransitionTime: String(second), says: 'ours' });
    }
    const writes = parts.requests.length;
    assert.ok(writes >= 10 && writes <= 16, `in ten minutes: ${writes}`);
    assert.ok(contested.length >= 8 && contested.every(key => key === KEY), contested.join());
    assert.deepEqual(
      writer.contested.map(({ what }) => what),
      [KEY],
    );
    const neighbour = keyOf(1);
    parts.want(neighbour, { says: 'at once' });
    for (let turn = 0; turn < 4; turn++) await new Promise(resolve => setImmediate(resolve));
    assert.deepEqual(parts.stored(neighbour), { says: 'at once' });
    clock.advance(121_000);
    assert.deepEqual(writer.contested, [], 'the other one has given up');
    writer.stop();
  });

  it('writes the newest of what was wanted meanwhile', async t => {
    const parts = setUp(t);
    parts.add(KEY);
    for (let version = 1; version <= 50; version++) parts.want(KEY, { version });
    await settle(parts);
    assert.deepEqual(parts.stored(KEY), { version: 50 });
    assert.ok(parts.requests.length <= 2, String(parts.requests.length));
  });

  it('tells 2,000 objects within ten seconds, few at a time, with one request each', async t => {
    const parts = setUp(t);
    for (let index = 0; index < 2_000; index++) parts.add(keyOf(index));
    for (let index = 0; index < 2_000; index++) parts.want(keyOf(index), { index });
    const tookMs = await settle(parts);
    assert.ok(tookMs <= 10_000, `${tookMs} ms`);
    assert.ok(tookMs >= 4_000, `paced: ${tookMs} ms`);
    assert.equal(parts.requests.length, 2_000);
    assert.ok(parts.most() <= 10, String(parts.most()));
  });

  it('leaves a server alone that struggles, as long as it asks for, and loses nothing', async t => {
    let busy = 3;
    const parts = setUp(t, () => {
      busy -= 1;
      return busy >= 0 ? answer(429, {}, { 'retry-after': '5' }) : undefined;
    });
    for (let index = 0; index < 30; index++) parts.add(keyOf(index));
    for (let index = 0; index < 30; index++) parts.want(keyOf(index), { index });
    const tookMs = await settle(parts);
    assert.ok(tookMs >= 5_000, `${tookMs} ms`);
    for (let index = 0; index < 30; index++) assert.deepEqual(parts.stored(keyOf(index)), { index });
  });

  it('does not ask a server that is gone more than a few times a minute', async t => {
    let isGone = true;
    const parts = setUp(t, () => {
      if (isGone) throw new Error('connection refused');
      return undefined;
    });
    for (let index = 0; index < 100; index++) parts.add(keyOf(index));
    for (let index = 0; index < 100; index++) parts.want(keyOf(index), { index });
    for (let second = 0; second < 60; second++) {
      parts.clock.advance(1_000);
      for (let turn = 0; turn < 5; turn++) await new Promise(resolve => setImmediate(resolve));
    }
    assert.ok(parts.requests.length <= 10 + 12, String(parts.requests.length));
    isGone = false;
    await settle(parts);
    for (let index = 0; index < 100; index++) assert.deepEqual(parts.stored(keyOf(index)), { index });
  });

  it('tells once what the server does not take, and tries again only with something else', async t => {
    const parts = setUp(t, ({ body }) =>
      JSON.stringify(body).includes('"bad"') ? answer(422, { message: 'no' }) : undefined,
    );
    parts.add(KEY);
    for (let count = 0; count < 5; count++) {
      parts.want(KEY, { is: 'bad' });
      await settle(parts);
    }
    assert.deepEqual(parts.refused, ['HTTPRoute/a/r 422 no']);
    assert.equal(parts.requests.length, 1);
    parts.want(KEY, { is: 'good' });
    await settle(parts);
    assert.deepEqual(parts.stored(KEY), { is: 'good' });
  });

  it('asks again once a minute for what was not taken, and does not tell it again', async t => {
    let isTaken = true;
    const parts = setUp(t, () => (isTaken ? answer(422, { message: 'no' }) : undefined));
    parts.add(KEY);
    parts.want(KEY, { is: 'wanted' });
    await settle(parts);
    parts.clock.advance(59_000);
    await settle(parts);
    assert.equal(parts.requests.length, 1);
    parts.clock.advance(1_000);
    await settle(parts);
    assert.equal(parts.requests.length, 2);
    isTaken = false;
    parts.clock.advance(60_000);
    await settle(parts);
    assert.deepEqual(parts.stored(KEY), { is: 'wanted' });
    assert.deepEqual(parts.refused, ['HTTPRoute/a/r 422 no']);
    parts.clock.advance(120_000);
    await settle(parts);
    assert.equal(parts.requests.length, 3);
  });

  it('asks once a minute whether it may write a kind by now, and then writes all of it', async t => {
    let isAllowed = false;
    const parts = setUp(t, ({ method }) => {
      if (method === 'POST') return answer(201, { status: { allowed: isAllowed } });
      return method === 'PUT' && !isAllowed ? answer(403, { message: 'no' }) : undefined;
    });
    const puts = (): number => parts.requests.filter(({ method }) => method === 'PUT').length;
    for (let index = 0; index < 50; index++) parts.add(keyOf(index));
    for (let index = 0; index < 50; index++) parts.want(keyOf(index), { index });
    await settle(parts);
    const first = puts();
    assert.ok(first <= 10, String(first));
    assert.equal(parts.refused.length, 1, 'told once for the kind');
    for (let minute = 0; minute < 3; minute++) {
      parts.clock.advance(60_000);
      await settle(parts);
    }
    assert.equal(puts(), first + 3);
    isAllowed = true;
    parts.clock.advance(60_000);
    await settle(parts);
    for (let index = 0; index < 50; index++) assert.deepEqual(parts.stored(keyOf(index)), { index });
  });

  it('asks once a minute for a few of many that are refused in the same words, and writes all once one is taken', async t => {
    let isRefused = true;
    const written = (): string[] => parts.requests.map(({ path }) => path).filter(path => path.endsWith('/status'));
    const parts = setUp(t, ({ path }) =>
      isRefused ? answer(403, { message: `httproutes "${path.split('/').at(-2)}" is forbidden: frozen` }) : undefined,
    );
    for (let index = 0; index < 50; index++) parts.add(keyOf(index));
    for (let index = 0; index < 50; index++) parts.want(keyOf(index), { index });
    await settle(parts);
    assert.equal(written().length, 50, 'each as it comes');
    assert.equal(parts.requests.length, 51, 'whether it is for lack of a right is asked once');
    assert.deepEqual(
      parts.alike,
      Array.from({ length: 50 }, (_, index) => index),
    );
    for (let minute = 1; minute <= 5; minute++) {
      parts.clock.advance(60_000);
      await settle(parts);
      assert.equal(written().length, 50 + 10 * minute);
    }
    const again = written().slice(50);
    assert.equal(new Set(again).size, 50, 'each has its turn');
    assert.equal(parts.refused.length, 50, 'what is asked again is no news');
    isRefused = false;
    parts.clock.advance(60_000);
    await settle(parts);
    for (let index = 0; index < 50; index++) assert.deepEqual(parts.stored(keyOf(index)), { index });
    assert.deepEqual(parts.writer.refused, []);
    assert.equal(written().length, 150);
  });

  it('does not take the end of a webhook for that of the server', async t => {
    let isGone = true;
    const message = 'Internal error occurred: failed calling webhook "w": connection refused';
    const status = { reason: 'InternalError', message, details: { causes: [{ message }] } };
    const parts = setUp(t, ({ path }) => (isGone && path.endsWith('/r0/status') ? answer(500, status) : undefined));
    for (let index = 0; index < 3; index++) parts.add(keyOf(index));
    for (let index = 0; index < 3; index++) parts.want(keyOf(index), { index });
    const tookMs = await settle(parts);
    assert.ok(tookMs < 1_000, String(tookMs));
    assert.deepEqual(parts.stored(keyOf(2)), { index: 2 });
    assert.deepEqual(parts.refused, [`HTTPRoute/a/r0 500 ${message}`]);
    isGone = false;
    parts.clock.advance(60_000);
    await settle(parts);
    assert.deepEqual(parts.stored(keyOf(0)), { index: 0 });
  });

  it('does not take a no to one object for one to all of its kind', async t => {
    const causes = [{ reason: 'NamespaceTerminating' }];
    const answers = [answer(403, { message: 'exceeded quota' }), answer(403, { message: 'no', details: { causes } })];
    const parts = setUp(t, ({ path, method }) =>
      method === 'POST'
        ? answer(201, { status: { allowed: true } })
        : answers[Number(/r(\d)\/status$/.exec(path)?.[1])],
    );
    for (let index = 0; index < 3; index++) parts.add(keyOf(index));
    for (let index = 0; index < 3; index++) parts.want(keyOf(index), { index });
    await settle(parts);
    assert.deepEqual(parts.refused, ['HTTPRoute/a/r0 403 exceeded quota']);
    assert.deepEqual(parts.stored(keyOf(2)), { index: 2 });
  });

  it('forgets an object that is gone, and writes nothing once it is stopped', async t => {
    const parts = setUp(t);
    parts.add(KEY);
    parts.server.clear();
    parts.want(KEY, { a: 1 });
    await settle(parts);
    assert.equal(parts.requests.length, 1);
    parts.add(KEY);
    parts.writer.stop();
    parts.want(KEY, { a: 2 });
    await settle(parts);
    assert.equal(parts.requests.length, 1);
    assert.equal(parts.clock.pending, 0);
  });
});
