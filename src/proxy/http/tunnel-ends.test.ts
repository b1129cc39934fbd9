// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { RouteEntry } from '../../snapshot/index.ts';
import { type Clock, systemClock } from '../../time/index.ts';
import { until } from '../../time/until.test-support.ts';
import { SocketLoop } from '../io/socket-loop.ts';
import { STALLED_STREAM_MS } from './deadlines.ts';
import { backend as backendOf, listener, rule, TestGateway } from './gateway.test-support.ts';
import { GOODBYE_MS, TUNNEL_IDLE_MS } from './idle-stream.ts';
import { ask, TunnelBackend, VERSIONS } from './tunnel-peers.test-support.ts';

const CLOSE_TO_CLIENT = Buffer.from([0x88, 2, 0x03, 0xe9]);
const PONG_TO_CLIENT = Buffer.from([0x8a, 0]);
/** A text frame, masked with zeros. */
const FRAME = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]);
/** Timers of connections are looked at this often. */
const LOOK_MS = 10_000;

function entry(requestTimeoutMs: number): RouteEntry {
  const path = { kind: 'prefix', value: '/' } as const;
  const match = { kind: 'http', path, method: null, headers: [], queryParams: [] } as const;
  return { match, rule: rule('all', [backendOf('main')], { requestTimeoutMs }), matchIndex: 0 };
}

/** What a close frame of ours toward a server says. */
function unmasked(frame: Buffer): number[] {
  const mask = frame.subarray(2, 6);
  return [...frame.subarray(0, 2), ...frame.subarray(6).map((byte, at) => byte ^ (mask[at] ?? 0))];
}

for (const version of VERSIONS) {
  describe(`the end of upgrades that were asked for over ${version}`, () => {
    let nowMs: number;
    /** From now on no timer of the gateway's ends, but those of its wheels. */
    let isStill: boolean;
    let loop: SocketLoop;
    let gateway: TestGateway;
    let backend: TunnelBackend;
    const clock: Clock = {
      ...systemClock,
      after: (delayMs, run) => (isStill ? { cancel() {} } : systemClock.after(delayMs, run)),
    };
    const cleanups: (() => void)[] = [];

    beforeEach(async () => {
      nowMs = 1_000_000;
      isStill = false;
      loop = new SocketLoop(() => nowMs);
      backend = await TunnelBackend.start();
      gateway = new TestGateway({ accessLog: true, maxConnections: 6 }, loop, clock);
      await gateway.apply({
        listeners: [listener('http', [], { virtualHosts: [{ hostname: '*', entries: [entry(1_000)] }] })],
        clusters: { main: [backend.port] },
        clusterChanges: { protocol: 'h1' },
      });
    });

    afterEach(() => {
      for (const cleanup of cleanups.splice(0)) cleanup();
      gateway.close();
      backend.close();
    });

    function pass(ms: number): void {
      for (const end = nowMs + ms; nowMs < end; ) {
        nowMs = Math.min(end, nowMs + 1_000);
        loop.refresh();
        loop.deadlines.advance(nowMs);
        loop.connectionTimers.advance(nowMs);
      }
      loop.flush();
    }

    async function open(protocol = 'websocket') {
      const before = backend.upgrades.length;
      const client = await ask(version, gateway.port, { protocol }, cleanups);
      const { bytes } = await backend.upgraded(before);
      return { client: client.bytes, endpoint: bytes };
    }

    const hits = (limit: string): number => gateway.metric('daemun_limit_hits_total', { limit });
    const failures = (reason: string): number => gateway.metric('daemun_request_failures_total', { reason });

    it('comes when others need its place and one direction is over', async () => {
      const [first, second, third] = [await open(), await open(), await open()];
      second.client.duplex.end();
      await second.endpoint.rest();
      pass(1_000);
      const fourth = await open();
      await second.client.rest();
      // Nobody waits for the endpoint to end its side too: three tunnels are left, and a connection for what comes next.
      await until(() => gateway.metric('daemun_upstream_connections') === 4);
      assert.deepEqual([hits('connections_idle'), hits('connections'), hits('tunnels')], [1, 0, 0]);
      assert.deepEqual([failures('upgrade_limit'), failures('client_protocol')], [1, 0]);
      for (const { client, endpoint } of [first, third, fourth]) {
        client.write('asked');
        assert.equal((await endpoint.take(5)).toString(), 'asked');
      }
      assert.equal(gateway.metric('daemun_downstream_tunnels'), 3);
    });

    it('comes with the end of an endpoint that had said all, whatever it has not taken', async () => {
      const { client, endpoint } = await open();
      endpoint.duplex.pause();
      endpoint.duplex.end();
      await client.rest();
      // More than the kernels and the gateway hold.
      client.duplex.end(Buffer.alloc(32 * 1024 * 1024));
      (endpoint.duplex as Socket).resetAndDestroy();
      await until(() => gateway.metric('daemun_downstream_tunnels') === 0);
      await until(() => gateway.metric('daemun_downstream_requests_active') === 0);
    });

    it('is not the timeout of the rule, which ends with the grant', async () => {
      const { client, endpoint } = await open();
      pass(60_000);
      endpoint.write('late');
      assert.equal((await client.take(4)).toString(), 'late');
      backend.refusal = null;
      const refused = ask(version, gateway.port, {}, cleanups);
      await until(() => gateway.metric('daemun_downstream_requests_active') >= 2);
      pass(1_500);
      assert.equal((await refused).status, 504);
    });

    it('comes after an hour without a byte: with close frames, and then for good', async () => {
      const { client, endpoint } = await open();
      pass(TUNNEL_IDLE_MS - 3 * LOOK_MS);
      client.write(FRAME);
      await endpoint.take(FRAME.length);
      pass(TUNNEL_IDLE_MS - 3 * LOOK_MS);
      await new Promise(resolve => setImmediate(resolve));
      assert.equal(hits('tunnel_idle'), 0);
      await until(
        () => hits('tunnel_idle') > 0,
        () => pass(LOOK_MS),
      );
      assert.deepEqual(await client.take(4), CLOSE_TO_CLIENT);
      assert.deepEqual(unmasked(await endpoint.take(8)), [0x88, 0x82, 0x03, 0xe9]);
      assert.equal(gateway.metric('daemun_downstream_tunnels'), 1);
      pass(GOODBYE_MS + 2 * LOOK_MS);
      await Promise.all([client.rest(), endpoint.rest()]);
      assert.deepEqual([gateway.metric('daemun_downstream_tunnels'), failures('stream_idle')], [0, 1]);
      assert.equal(hits('tunnel_idle'), 1);
    });

    it('comes after an hour without a byte at once, where no close frame can be said', async () => {
      const { client, endpoint } = await open('chat');
      pass(TUNNEL_IDLE_MS + 2 * LOOK_MS);
      assert.deepEqual([await client.rest(), await endpoint.rest()], [Buffer.alloc(0), Buffer.alloc(0)]);
      assert.deepEqual([hits('tunnel_idle'), failures('stream_idle')], [1, 1]);
    });

    it('comes after 5 minutes without a byte when one direction is over', async () => {
      const { client, endpoint } = await open();
      client.duplex.end();
      await endpoint.rest();
      pass(STALLED_STREAM_MS - 2 * LOOK_MS);
      assert.equal(hits('stream_stalled'), 0);
      pass(4 * LOOK_MS);
      if (version === 'HTTP/1.1') assert.deepEqual(await client.take(2), PONG_TO_CLIENT);
      assert.deepEqual(await client.take(4), CLOSE_TO_CLIENT);
      assert.equal(hits('stream_stalled'), 1);
    });

    it('comes soon for the endpoint when the client is gone, and waits for nothing', async () => {
      isStill = true;
      const { client, endpoint } = await open();
      client.duplex.end();
      await endpoint.rest();
      if (version === 'HTTP/1.1') client.duplex.destroy();
      else cleanups.splice(0)[0]?.();
      // A client that ended its side in order says that it is gone only when it gets something.
      await until(
        () => gateway.metric('daemun_downstream_tunnels') === 0,
        () => pass(version === 'HTTP/1.1' ? 1_000 : 0),
      );
      assert.deepEqual([hits('stream_stalled'), failures('client_cancelled')], [0, 1]);
      // And one is left for what comes next.
      await until(() => gateway.metric('daemun_upstream_connections') === 1);
    });

    it('does not come for a client that ended its direction and reads on', async () => {
      const { client, endpoint } = await open();
      endpoint.write(FRAME.subarray(0, 7));
      client.duplex.end();
      await endpoint.rest();
      pass(1_000);
      endpoint.write(FRAME.subarray(7));
      assert.deepEqual(await client.take(8), FRAME, 'nobody speaks within a frame');
      const [other, chat] = [await open(), await open('chat')];
      for (const each of [other, chat]) {
        each.client.duplex.end();
        await each.endpoint.rest();
      }
      pass(3_000);
      if (version === 'HTTP/1.1') assert.deepEqual(await other.client.take(2), PONG_TO_CLIENT);
      for (const each of [other, chat]) {
        each.endpoint.write('last');
        assert.equal((await each.client.take(4)).toString(), 'last');
      }
    });

    it('comes with close frames between frames when the time to drain is over', async () => {
      const { client, endpoint } = await open();
      client.write(FRAME);
      await endpoint.take(FRAME.length);
      const report = gateway.runtime.drain(0);
      assert.deepEqual(await client.take(4), CLOSE_TO_CLIENT);
      assert.deepEqual(unmasked(await endpoint.take(8)), [0x88, 0x82, 0x03, 0xe9]);
      await Promise.all([client.rest(), endpoint.rest()]);
      assert.deepEqual(await report, { finished: 0, cut: 1 });
      assert.equal(failures('drain_timeout'), 1);
    });

    it('comes without a word in the middle of a frame, and to the other side with one', async () => {
      const { client, endpoint } = await open();
      endpoint.write(FRAME.subarray(0, 7));
      await client.take(7);
      await gateway.runtime.drain(0);
      assert.equal((await client.rest()).length, 0);
      assert.deepEqual(unmasked((await endpoint.rest()).subarray(0, 8)), [0x88, 0x82, 0x03, 0xe9]);
    });

    it('comes when both sides want it while the gateway drains', async () => {
      const { client, endpoint } = await open();
      const report = gateway.runtime.drain(60_000);
      endpoint.write('last words');
      assert.equal((await client.take(10)).toString(), 'last words');
      client.duplex.end();
      endpoint.duplex.end();
      await client.rest();
      if (version === 'HTTP/2') cleanups.splice(0)[0]?.();
      assert.deepEqual(await report, { finished: 1, cut: 0 });
    });
  });
}
