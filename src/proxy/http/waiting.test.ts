// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { afterEach, describe, it } from 'node:test';
import { cleanUp } from '../upstream/cluster-pool.test-support.ts';
import { FRAME, type RawConnection, rawBackend } from '../upstream/raw-backend.test-support.ts';
import { VirtualClock } from '../virtual-clock.test-support.ts';
import { backend, listener, rule, TestGateway } from './gateway.test-support.ts';

afterEach(cleanUp);

const METRIC = 'daemun_upstream_wait_seconds';

describe('a request that waits for a connection', () => {
  it('is logged and counted with the time that it waited, and no other is', async t => {
    const connected = Promise.withResolvers<RawConnection>();
    const { endpoint } = await rawBackend({
      onOpen: connected.resolve,
      onFrame: (connection, type, stream) => type === FRAME.headers && connection.answer(stream),
    });
    const clock = new VirtualClock();
    const gateway = new TestGateway({ accessLog: true }, undefined, clock);
    await gateway.apply({
      listeners: [listener('l', [rule('r', [backend('a')])])],
      clusters: { a: [endpoint.port] },
    });
    const client = connect(`http://127.0.0.1:${gateway.port}`);
    t.after(() => {
      client.destroy();
      gateway.close();
    });
    const call = async (): Promise<void> => {
      const headers = { ':method': 'POST', ':path': '/s.S/M', 'content-type': 'application/grpc' };
      await once(client.request(headers, { endStream: true }), 'response');
    };
    const first = call();
    const connection = await connected.promise;
    clock.advance(70);
    connection.settings();
    await first;
    await call();
    assert.equal(gateway.metric(METRIC), 1);
    client.destroy();
    gateway.close();
    const lines = gateway.accessLog.trim().split('\n');
    assert.deepEqual(
      lines.map(line => JSON.parse(line).waited_ms),
      [70, 0],
    );
  });
});
