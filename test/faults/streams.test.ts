// SPDX-License-Identifier: Apache-2.0

/** Peers of streams that do not read, say nothing, hardly write, or are too many. A neighbour's stream goes on through all of it. */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { TestGateway } from '../../src/proxy/http/gateway.test-support.ts';
import { SocketLoop } from '../../src/proxy/io/socket-loop.ts';
import {
  endOf,
  readText,
  StreamBed,
  streamRule,
  tcpListener,
  tlsListener,
} from '../../src/proxy/l4/l4.test-support.ts';

const PART = Buffer.alloc(65_536);
const TURN = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

describe('a hostile peer of a stream', () => {
  let bed: StreamBed;
  let nowMs: number;
  let loop: SocketLoop;
  let gateway: TestGateway;

  beforeEach(() => {
    bed = new StreamBed();
    nowMs = 1_000_000;
    loop = new SocketLoop(() => nowMs);
  });
  afterEach(() => {
    bed.close();
    gateway.close();
  });

  async function start(backend: number, maxConnections = 10_000): Promise<void> {
    gateway = new TestGateway({ maxConnections }, loop);
    const clusters = { a: [backend] };
    await gateway.apply({
      listeners: [tcpListener(streamRule('r', { a: 1 }))],
      clusters,
      clusterChanges: { protocol: 'tcp' },
    });
  }

  function pass(ms: number): void {
    nowMs += ms;
    loop.refresh();
    loop.connectionTimers.advance(nowMs);
  }

  /** Sends back what it gets; those who begin with an x get more than they can take. */
  async function backend(counter: { bytes: number }): Promise<number> {
    return bed.serve(socket => {
      socket.once('data', first => {
        if (first[0] !== 0x78) {
          socket.write(first);
          socket.pipe(socket);
          return;
        }
        const more = (): void => {
          for (let takesMore = true; takesMore && !socket.destroyed; counter.bytes += PART.length)
            takesMore = socket.write(PART);
        };
        socket.on('drain', more);
        more();
      });
    });
  }

  async function neighbour(): Promise<() => Promise<void>> {
    const socket = await bed.dial(gateway.port);
    return async () => {
      socket.write('are you there');
      assert.equal(await readText(socket, 13), 'are you there');
    };
  }

  it('that never reads holds up its endpoint and nobody else, and gives back what it held', async () => {
    const counter = { bytes: 0 };
    await start(await backend(counter));
    const ask = await neighbour();
    await ask();
    const silent: Socket[] = [];
    for (let at = 0; at < 20; at++) {
      const socket = await bed.dial(gateway.port);
      socket.pause();
      socket.write('x');
      silent.push(socket);
    }
    for (let last = -1, same = 0; same < 30; ) {
      await ask();
      same = counter.bytes === last && last > 0 ? same + 1 : 0;
      last = counter.bytes;
      // What the kernel buffers of three sockets take, and one read of the gateway.
      assert.ok(counter.bytes < 20 * 24 * 2 ** 20, `${counter.bytes} bytes`);
    }
    for (const socket of silent) socket.destroy();
    while (gateway.metric('daemun_streams') > 1) await TURN();
    await ask();
  });

  it('that sends single bytes gets each of them through', async () => {
    await start(await backend({ bytes: 0 }));
    const ask = await neighbour();
    const client = await bed.dial(gateway.port);
    const count = 20_000;
    const received = readText(client, count);
    for (let at = 0; at < count; at++) {
      client.write('y');
      if (at % 100 === 0) await TURN();
    }
    assert.equal((await received).length, count);
    await ask();
  });

  it('that ends its direction and never goes is ended for being idle', async () => {
    const port = await bed.serve(socket => {
      socket.write('hi');
      socket.resume();
    });
    await start(port);
    const client = await bed.dial(gateway.port);
    assert.equal(await readText(client, 2), 'hi');
    client.end();
    pass(3_600_000);
    pass(1_000);
    assert.equal(await endOf(client), 'reset');
    assert.equal(gateway.metric('daemun_stream_failures_total', { reason: 'stream_idle' }), 1);
  });

  it('that is one too many is refused, and those that are there stay', async () => {
    await start(await backend({ bytes: 0 }), 6);
    const asks: (() => Promise<void>)[] = [];
    for (let at = 0; at < 3; at++) {
      const ask = await neighbour();
      await ask();
      asks.push(ask);
    }
    await bed.fate(gateway.port);
    assert.equal(gateway.metric('daemun_limit_hits_total', { limit: 'connections' }), 1);
    for (const ask of asks) await ask();
  });

  it('that never ends its ClientHello is not waited for longer than 10 s', async () => {
    gateway = new TestGateway({}, loop);
    const rule = streamRule('r', { a: 1 });
    await gateway.apply({
      listeners: [tlsListener('l', '*', [{ hostname: '*', rule }])],
      clusters: { a: [] },
      clusterChanges: { protocol: 'tcp' },
    });
    const client = await bed.dial(gateway.port);
    client.write(Buffer.from([22, 3, 1, 2, 0, 1]));
    while (gateway.metric('daemun_downstream_connections_total') === 0) await TURN();
    pass(9_000);
    assert.equal(gateway.metric('daemun_tls_handshakes_total', { result: 'timeout' }), 0);
    pass(2_000);
    await endOf(client);
    assert.equal(gateway.metric('daemun_tls_handshakes_total', { result: 'timeout' }), 1);
    assert.equal(gateway.metric('daemun_streams_total'), 0);
  });
});
