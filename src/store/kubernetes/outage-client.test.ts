// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '../../proxy/virtual-clock.test-support.ts';
import { type KubeClient, KubeRefusal, KubeUnreachable } from './kube-client.ts';
import { outageClient } from './outage-client.ts';

const SIGNAL = new AbortController().signal;

/** A server that is there or not, and how often it was told to be back. */
function setUp() {
  const clock = new VirtualClock();
  const server = { isThere: true, status: 200, returns: 0 };
  const ask = (): void => {
    if (!server.isThere) throw new KubeUnreachable('kubernetes/unreachable', 'gone');
  };
  const fake: KubeClient = {
    server: 'https://fake',
    async request() {
      ask();
      return { status: server.status, headers: {}, json: undefined };
    },
    async watch({ onOpen }) {
      ask();
      if (server.status !== 200)
        throw new KubeRefusal({ status: server.status, headers: {}, json: undefined }, 'watch of /');
      onOpen?.();
    },
    close: () => undefined,
  };
  const client = outageClient(fake, clock, () => server.returns++);
  const request = () => client.request({ method: 'GET', path: '/' }).catch(() => undefined);
  const watch = () => client.watch({ path: '/', signal: SIGNAL }, () => undefined).catch(() => undefined);
  return { clock, server, request, watch };
}

for (const how of ['request', 'watch'] as const) {
  test(`the first ${how} that is answered after an outage tells of its end, once`, async () => {
    const { clock, server, ...ask } = setUp();
    await ask[how]();
    server.isThere = false;
    await ask[how]();
    clock.advance(6_000);
    await ask[how]();
    assert.equal(server.returns, 0);
    server.isThere = true;
    await ask[how]();
    await ask[how]();
    assert.equal(server.returns, 1);
  });

  for (const status of [429, 500, 503]) {
    test(`a server that says ${status} to each ${how} is out, and not back while it says so`, async () => {
      const { clock, server, ...ask } = setUp();
      await ask[how]();
      for (const isThere of [true, false, true]) {
        Object.assign(server, { status, isThere });
        await ask[how]();
        clock.advance(6_000);
      }
      assert.equal(server.returns, 0);
      server.status = 200;
      await ask[how]();
      await ask[how]();
      assert.equal(server.returns, 1);
    });
  }
}

test('a refusal of what was asked is an answer', async () => {
  const { clock, server, request } = setUp();
  server.isThere = false;
  await request();
  clock.advance(6_000);
  Object.assign(server, { isThere: true, status: 403 });
  await request();
  assert.equal(server.returns, 1);
});

test('a request that fails beside others that are answered is no outage, nor is a quiet hour', async () => {
  const { clock, server, request } = setUp();
  for (let round = 0; round < 10; round++) {
    server.isThere = false;
    await request();
    clock.advance(2_000);
    server.isThere = true;
    await request();
  }
  clock.advance(3_600_000);
  await request();
  assert.equal(server.returns, 0);
});
