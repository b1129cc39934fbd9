// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { VirtualClock } from '../../proxy/virtual-clock.test-support.ts';
import type { KubeRequest, KubeResponse } from './kube-client.ts';
import { LeaderLease } from './leader-lease.ts';

interface Held {
  version: number;
  spec: Record<string, unknown>;
}

/** A Lease on a server that can be made to fail, and who competes for it. What is put is made where it is not there, as API servers do with Leases. */
function setUp(t: TestContext) {
  const clock = new VirtualClock();
  let held: Held | null = null;
  let versions = 0;
  const isDown = new Set<string>();
  /** Requests that a stopped server has taken and not answered. */
  let stopped: (() => void)[] | null = null;
  let lateMs = 0;
  /** A proxy answers all with a page and this status; null: nobody does. */
  let pageStatus: number | null = null;
  let losses = 0;
  const requests: KubeRequest[] = [];
  const answer = (status: number): KubeResponse => {
    const json = held === null ? {} : { metadata: { resourceVersion: String(held.version) }, spec: held.spec };
    return { status, headers: {}, json };
  };
  const write = (status: number, body: unknown): KubeResponse => {
    const { spec } = body as { spec: Record<string, unknown> };
    held = { version: ++versions, spec };
    return answer(status);
  };
  const serve = ({ method, body }: KubeRequest): KubeResponse => {
    switch (method) {
      case 'GET':
        return held === null ? answer(404) : answer(200);
      case 'POST':
        return held === null ? write(201, body) : answer(409);
      default: {
        const { metadata } = body as { metadata: { resourceVersion: string } };
        if (held === null) return write(201, body);
        return metadata.resourceVersion === String(held.version) ? write(200, body) : answer(409);
      }
    }
  };
  const answered = ({ signal }: KubeRequest): Promise<void> =>
    new Promise((resolve, reject) => {
      stopped?.push(resolve);
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  const stopServer = (): void => {
    stopped = [];
  };
  const continueServer = (): void => {
    for (const resolve of stopped ?? []) resolve();
    stopped = null;
  };
  const late = ({ signal }: KubeRequest): Promise<void> =>
    new Promise((resolve, reject) => {
      clock.after(lateMs, resolve);
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  const answerAfter = (ms: number): void => {
    lateMs = ms;
  };
  const candidate = (identity: string) => {
    const said: string[] = [];
    const lease = new LeaderLease({
      client: {
        async request(request) {
          requests.push(request);
          if (isDown.has(identity)) throw new Error(`no connection ${++losses}`);
          if (stopped !== null) await answered(request);
          if (lateMs > 0) await late(request);
          if (pageStatus !== null) return { status: pageStatus, headers: {}, json: undefined };
          return serve(request);
        },
      },
      clock,
      random: () => 0,
      namespace: 'daemun-system',
      name: 'daemun',
      identity,
      onLeading: () => said.push('leads'),
      onFollowing: holder => said.push(`follows ${holder}`),
      onTrouble: (message, status) => said.push(`trouble: ${message} (${status})`),
    });
    t.after(() => lease.stop());
    lease.start();
    return { lease, said };
  };
  const pass = async (seconds: number): Promise<void> => {
    for (let tick = 0; tick < seconds * 4; tick++) {
      clock.advance(250);
      for (let turn = 0; turn < 4; turn++) await new Promise(resolve => setImmediate(resolve));
    }
  };
  /** Somebody writes it who does not compete, as `kubectl annotate`. */
  const touch = (): void => {
    if (held !== null) held = { ...held, version: ++versions };
  };
  const remove = (): void => {
    held = null;
  };
  const answerPages = (status: number | null): void => {
    pageStatus = status;
  };
  return {
    clock,
    isDown,
    requests,
    candidate,
    pass,
    touch,
    remove,
    answerPages,
    stopServer,
    continueServer,
    answerAfter,
    held: () => held,
  };
}

describe('a lease that one process holds', () => {
  it('is had by nobody for a page that says it was written, or is there', async t => {
    const { candidate, answerPages, pass } = setUp(t);
    for (const status of [200, 201]) {
      answerPages(status);
      const { lease, said } = candidate(`a${status}`);
      await pass(5);
      assert.equal(lease.isLeading, false);
      assert.deepEqual(said, [`trouble: what answers is no Lease (${status})`]);
      await lease.stop();
    }
    answerPages(null);
    const { said } = candidate('b');
    await pass(1);
    assert.deepEqual(said, ['leads']);
    answerPages(200);
    await pass(12);
    assert.deepEqual(said, ['leads', 'trouble: what answers is no Lease (200)', 'follows ']);
  });

  it('is taken by the first, kept, and known to the second', async t => {
    const { candidate, pass, held, requests } = setUp(t);
    const a = candidate('a');
    await pass(1);
    const b = candidate('b');
    await pass(60);
    assert.deepEqual([a.said, b.said], [['leads'], ['follows a']]);
    assert.equal(held()?.spec['leaseTransitions'], 0);
    const puts = requests.filter(({ method }) => method === 'PUT').length;
    assert.ok(puts >= 14 && puts <= 16, `the leader renews each four seconds: ${puts}`);
    assert.ok(requests.length <= 50, `the other looks each two seconds: ${requests.length}`);
  });

  it('is given back by who stops, and taken by the next at once', async t => {
    const { candidate, pass, held } = setUp(t);
    const a = candidate('a');
    await pass(1);
    const b = candidate('b');
    await pass(1);
    await a.lease.stop();
    assert.equal(held()?.spec['holderIdentity'], '');
    await pass(3);
    assert.deepEqual(b.said, ['follows a', 'leads']);
    assert.equal(held()?.spec['leaseTransitions'], 1);
  });

  it('is made anew by who holds it when somebody deletes it, and given back as before', async t => {
    const { candidate, pass, remove, held } = setUp(t);
    const a = candidate('a');
    await pass(3);
    remove();
    await pass(2);
    assert.deepEqual([a.said, a.lease.isLeading], [['leads'], true]);
    await a.lease.stop();
    assert.equal(held()?.spec['holderIdentity'], '');
  });

  it('is lost by who cannot renew it before anybody else takes it', async t => {
    const { candidate, pass, isDown } = setUp(t);
    const a = candidate('a');
    await pass(1);
    const b = candidate('b');
    await pass(4);
    isDown.add('a');
    await pass(11);
    assert.deepEqual(a.said, ['leads', 'trouble: no connection 1 (null)', 'follows ']);
    assert.equal(a.lease.isLeading, false);
    assert.deepEqual(b.said, ['follows a'], 'the lease still stands');
    await pass(8);
    assert.equal(b.lease.isLeading, true);
    isDown.delete('a');
    await pass(4);
    assert.deepEqual(a.said.at(-1), 'follows b');
    assert.deepEqual([a.lease.isLeading, b.lease.isLeading], [false, true]);
  });

  it('is kept where two tries to renew it fail, or one is answered late', async t => {
    const { candidate, pass, isDown, stopServer, continueServer } = setUp(t);
    const a = candidate('a');
    await pass(3);
    isDown.add('a');
    await pass(4);
    isDown.delete('a');
    await pass(2);
    assert.deepEqual(a.said, ['leads', 'trouble: no connection 1 (null)']);
    await pass(2);
    stopServer();
    await pass(6);
    continueServer();
    await pass(10);
    assert.deepEqual(a.said.slice(2), []);
    assert.equal(a.lease.isLeading, true);
  });

  it('is kept where each answer takes four seconds and a half', async t => {
    const { candidate, pass, answerAfter } = setUp(t);
    const a = candidate('a');
    await pass(1);
    answerAfter(4_500);
    await pass(120);
    answerAfter(0);
    await pass(5);
    assert.deepEqual(a.said, ['leads']);
  });

  it('is renewed though somebody else writes it, for it is not renewed by looking at it', async t => {
    const { candidate, pass, touch, held } = setUp(t);
    const a = candidate('a');
    await pass(1);
    const b = candidate('b');
    const renewed = new Set<unknown>();
    for (let second = 0; second < 30; second++) {
      touch();
      await pass(1);
      renewed.add(held()?.spec['renewTime']);
    }
    assert.deepEqual([a.said, b.said], [['leads'], ['follows a']]);
    assert.ok(renewed.size >= 7, `renewed each four seconds: ${renewed.size}`);
  });

  it('is led with once, and stays so, when a server that was stopped answers what waited in it', async t => {
    const { candidate, pass, stopServer, continueServer } = setUp(t);
    const a = candidate('a');
    await pass(1);
    stopServer();
    await pass(40);
    assert.deepEqual(a.said.slice(0, 2), ['leads', 'follows ']);
    const before = a.said.length;
    continueServer();
    await pass(10);
    assert.deepEqual(a.said.slice(before), ['leads']);
  });

  it('is asked for anew by who follows when no answer comes', async t => {
    const { candidate, pass, stopServer, continueServer } = setUp(t);
    const a = candidate('a');
    await pass(1);
    const b = candidate('b');
    await pass(1);
    stopServer();
    await pass(13);
    assert.deepEqual(b.said, ['follows a', 'trouble: no answer within 10 s (null)']);
    continueServer();
    await pass(10);
    assert.equal([a, b].filter(({ lease }) => lease.isLeading).length, 1);
  });

  it('never has two holders, whoever is cut off and when', async t => {
    const { candidate, pass, isDown } = setUp(t);
    const all = ['a', 'b', 'c'].map(name => ({ name, ...candidate(name) }));
    let seed = 7;
    for (let step = 0; step < 200; step++) {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      const one = all[seed % 3]?.name ?? 'a';
      if (isDown.has(one)) isDown.delete(one);
      else if (isDown.size < 2) isDown.add(one);
      await pass(1 + (seed % 5));
      const leaders = all.filter(({ lease }) => lease.isLeading);
      assert.ok(leaders.length <= 1, leaders.map(({ name }) => name).join());
    }
  });
});
