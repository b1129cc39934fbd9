// SPDX-License-Identifier: Apache-2.0

/** Senders of many addresses: each datagram of a made-up one costs a session, and there are so many and no more. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { until } from '../../time/until.test-support.ts';
import { Peer, UdpGateway } from './udp.test-support.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});
function kept<T extends { close(): unknown }>(opened: T): T {
  open.push(opened);
  return opened;
}

/** One datagram from each of `count` addresses. */
async function flood(port: number, count: number): Promise<void> {
  for (let at = 0; at < count; at++) {
    const stranger = await Peer.open(`127.1.${at >> 8}.${at & 255}`);
    await new Promise(resolve => stranger.socket.send('x', port, '127.0.0.1', resolve));
    await stranger.close();
  }
}

describe('a flood of datagrams from many addresses', () => {
  it('has its share of sockets and no more, and displaces nobody who was heard of after an answer', async () => {
    const gateway = kept(new UdpGateway({ maxConnections: 64 }));
    const backend = kept(await Peer.echo('a'));
    await gateway.serve({ clusters: { a: [backend.port] } });
    const client = kept(await Peer.open());
    await client.ask('1', gateway.port);
    await client.ask('2', gateway.port);
    const [{ from } = assert.fail()] = backend.received;
    await flood(gateway.port, 300);
    await until(() => gateway.metric('daemun_udp_received_datagrams_total') === 302);
    assert.equal(gateway.sessions, 16);
    assert.equal(gateway.metric('daemun_limit_hits_total', { limit: 'udp_sessions' }), 285);
    assert.equal(await client.ask('3', gateway.port), 'a:3');
    // The same session: the endpoint sees the same sender.
    assert.equal(backend.received.findLast(({ text }) => text === '3')?.from.port, from.port);
  });

  it('from one address displaces that address alone', async () => {
    const gateway = kept(new UdpGateway({ maxConnections: 64 }));
    const backend = kept(await Peer.echo('a'));
    await gateway.serve({ clusters: { a: [backend.port] } });
    const other = kept(await Peer.open('127.2.0.1'));
    await other.ask('1', gateway.port);
    for (let at = 0; at < 40; at++) {
      const one = await Peer.open();
      await one.ask('x', gateway.port);
      await one.close();
    }
    assert.equal(gateway.sessions, 5);
    assert.equal(gateway.metric('daemun_limit_hits_total', { limit: 'udp_address_sessions' }), 36);
    await other.ask('2', gateway.port);
    assert.equal(new Set(backend.received.filter(({ text }) => text < 'x').map(({ from }) => from.port)).size, 1);
  });
});
