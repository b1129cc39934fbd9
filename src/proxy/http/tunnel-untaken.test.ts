// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { afterEach, describe, it } from 'node:test';
import { systemClock } from '../../time/index.ts';
import { until } from '../../time/until.test-support.ts';
import { SocketLoop } from '../io/socket-loop.ts';
import { STALLED_STREAM_MS } from './deadlines.ts';
import { httpListener, TestGateway } from './gateway.test-support.ts';
import { ask, startHttp2, VERSIONS } from './tunnel-peers.test-support.ts';

/** Less than a window of the gateway, and more than the endpoint takes. */
const REST = Buffer.alloc(60_000);
const WINDOW_BYTES = 1_000;
/** Each is charged with more than it holds: a worker's 64 MiB are room for some 900. */
const CLIENTS = 1_400;

const cleanups: (() => void)[] = [];

afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** Grants each WebSocket, ends its side, and reads nothing. */
function startUntaking(): Promise<number> {
  return startHttp2({ enableConnectProtocol: true, initialWindowSize: WINDOW_BYTES }, cleanups, stream => {
    // Else Node resets what it has ended and does not read.
    stream.pause();
    stream.respond({ ':status': 200 });
    stream.end();
  });
}

for (const version of VERSIONS) {
  describe(`what an endpoint does not take of an upgrade over ${version}, when its client is over`, () => {
    let nowMs = 1_000_000;

    async function start(workers: number) {
      const loop = new SocketLoop(() => nowMs);
      const gateway = new TestGateway({ workers }, loop, { ...systemClock, after: () => ({ cancel() {} }) });
      cleanups.push(() => gateway.close());
      await gateway.apply({
        listeners: [httpListener('http', { '/': 'main' })],
        clusters: { main: [await startUntaking()] },
        clusterChanges: { protocol: 'h2' },
      });
      return { gateway, loop };
    }

    /** A client that said and got all. */
    async function leave(port: number): Promise<void> {
      const { bytes } = await ask(version, port, {}, cleanups);
      await bytes.rest();
      bytes.duplex.end(REST);
      if (!bytes.duplex.closed) await once(bytes.duplex, 'close');
    }

    it('is given up after as long as any stall', async () => {
      const { gateway, loop } = await start(1);
      await leave(gateway.port);
      const leftMs = nowMs;
      await until(() => {
        nowMs += 1_000;
        loop.refresh();
        loop.deadlines.advance(nowMs);
        return gateway.metric('daemun_downstream_tunnels') === 0;
      });
      assert.ok(nowMs - leftMs >= STALLED_STREAM_MS, `${nowMs - leftMs} ms`);
      await until(() => gateway.metric('daemun_downstream_requests_active') === 0);
      assert.equal(gateway.metric('daemun_request_failures_total', { reason: 'stream_stalled' }), 1);
      assert.equal(gateway.metric('daemun_limit_hits_total', { limit: 'stream_stalled' }), 1);
    });

    // The connection of others over HTTP/2 is there, and answers for it.
    if (version === 'HTTP/2') return;
    it('is given up for others where it takes the memory of a worker', async () => {
      const { gateway } = await start(4);
      for (let count = 0; count < CLIENTS; count += 50) {
        await Promise.all(Array.from({ length: 50 }, () => leave(gateway.port)));
      }
      await until(() => gateway.metric('daemun_downstream_connections') === 0);
      const tunnels = gateway.metric('daemun_downstream_tunnels');
      assert.ok(tunnels > 100 && tunnels < 1_200, `${tunnels} are left`);
      assert.ok(gateway.metric('daemun_limit_hits_total', { limit: 'worker_buffer' }) > 0);
    });
  });
}
