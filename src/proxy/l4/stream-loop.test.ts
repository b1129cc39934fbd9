// SPDX-License-Identifier: Apache-2.0

/** Streams and datagrams whose endpoint is the gateway itself: nothing in them could count hops, and they end all the same. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { until } from '../../time/until.test-support.ts';
import { TestGateway } from '../http/gateway.test-support.ts';
import { Peer, UdpGateway } from '../udp/udp.test-support.ts';
import { endOf, StreamBed, streamRule, tcpListener } from './l4.test-support.ts';

/** Sockets of the gateway's own that may stand in a row. */
const MOST = 8;

describe('what comes back to the gateway', () => {
  let bed: StreamBed;
  beforeEach(() => {
    bed = new StreamBed();
  });
  afterEach(() => bed.close());

  it('as a stream is reset after a few hops, and leaves nothing behind', async t => {
    const gateway = new TestGateway();
    t.after(() => gateway.close());
    const listeners = [tcpListener(streamRule('r', { self: 1 }))];
    await gateway.apply({ listeners, clusters: { self: [] }, protocols: { self: 'tcp' } });
    const { port } = gateway;
    await gateway.apply({ listeners, port, clusters: { self: [port] }, protocols: { self: 'tcp' } });
    const client = await bed.dial(port);
    assert.equal(await endOf(client), 'reset');
    await until(() => gateway.metric('daemun_streams') === 0);
    assert.ok(gateway.metric('daemun_stream_failures_total', { reason: 'request_loop' }) >= 1);
    const hops = gateway.metric('daemun_streams_total');
    assert.ok(hops > MOST && hops < 4 * MOST, `${hops} hops`);
  });

  it('as a datagram is dropped after a few hops', async t => {
    const gateway = new UdpGateway();
    const client = await Peer.open();
    t.after(async () => {
      gateway.close();
      await client.close();
    });
    await gateway.serve({ clusters: { self: [] }, weights: { self: 1 } });
    const { port } = gateway;
    await gateway.serve({ clusters: { self: [port] }, port });
    client.send('x', port);
    await until(() => gateway.drops('request_loop') === 1);
    assert.equal(gateway.metric('daemun_udp_received_datagrams_total'), MOST + 1);
    assert.equal(gateway.sessions, MOST);
  });
});
