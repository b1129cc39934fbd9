// SPDX-License-Identifier: Apache-2.0

/** An endpoint that leaves (RFC 9113 §6.8), again and again, and takes some of the requests each time. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { cleanUp } from '../upstream/cluster-pool.test-support.ts';
import { FRAME, rawBackend } from '../upstream/raw-backend.test-support.ts';
import { httpListener, TestGateway } from './gateway.test-support.ts';
import { HttpClient } from './http-peers.test-support.ts';

describe('requests that an endpoint leaves out as it leaves', () => {
  const closers: (() => void)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) close();
    await cleanUp();
  });

  it('are asked again on the next connection, as long as it takes others, up to six times', async () => {
    /** Streams that each connection takes of those that come: the last request is moved six times. */
    const taken = [1, 2, 1, 2, 1, 2, 1];
    let left = taken.reduce((sum, count) => sum + count, 0);
    const requests = left;
    const { endpoint, connections } = await rawBackend({
      onFrame: (connection, type) => {
        if (type !== FRAME.headers) return;
        const count = taken[connections.indexOf(connection)] ?? 0;
        const streams = connection.frames.filter(frame => frame.type === FRAME.headers).map(({ stream }) => stream);
        if (streams.length < left) return;
        left -= count;
        const answered = streams.slice(0, count);
        connection.goaway(answered.at(-1) ?? 0);
        for (const stream of answered) connection.answer(stream);
      },
    });
    const gateway = new TestGateway();
    closers.push(() => gateway.close());
    await gateway.apply({
      listeners: [httpListener('web', { '/': 'a' })],
      clusters: { a: [endpoint.port] },
      clusterChanges: { protocol: 'h2' },
    });
    const client = new HttpClient('HTTP/2', gateway.port);
    closers.push(() => client.close());
    const got = await Promise.all(Array.from({ length: requests }, () => client.ask({ path: '/', method: 'GET' })));
    assert.deepEqual(new Set(got.map(({ status }) => status)), new Set([200]));
    assert.equal(connections.filter(({ frames }) => frames.some(({ type }) => type === FRAME.headers)).length, 7);
  });
});
