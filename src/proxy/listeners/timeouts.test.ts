// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { listener, TestGateway } from '../http/gateway.test-support.ts';
import { SocketLoop } from '../http/socket-loop.ts';
import { certificate } from './certificate.test-support.ts';

const CERTIFICATE = await certificate('a', ['a.example.com']);

describe('timeouts of client connections', () => {
  let nowMs: number;
  let loop: SocketLoop;
  let gateway: TestGateway;

  beforeEach(() => {
    nowMs = 1_000_000;
    loop = new SocketLoop(() => nowMs);
    gateway = new TestGateway({}, loop);
  });
  afterEach(() => gateway.close());

  function pass(ms: number): void {
    nowMs += ms;
    loop.refresh();
    loop.connectionTimers.advance(nowMs);
  }

  /** A connection that the gateway has accepted. */
  async function dial(): Promise<Socket> {
    const accepted = gateway.metric('daemun_downstream_connections_total');
    const socket = connect(gateway.port, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    while (gateway.metric('daemun_downstream_connections_total') === accepted) {
      await new Promise(resolve => setImmediate(resolve));
    }
    return socket;
  }

  const hits = (limit: string): number => gateway.metric('daemun_limit_hits_total', { limit });

  it('closes a connection that says nothing, after 10 s', async () => {
    await gateway.apply({ listeners: [listener('grpc', [])], clusters: {} });
    const socket = await dial();
    pass(9_000);
    assert.equal(hits('request_head_timeout'), 0);
    pass(2_000);
    socket.resume();
    await once(socket, 'close');
    await new Promise(resolve => setImmediate(resolve));
    assert.equal(hits('request_head_timeout'), 1);
  });

  it('closes a TLS connection without a ClientHello, after 10 s', async () => {
    const tls = { mode: 'terminate', certificates: ['a'] } as const;
    await gateway.apply({ listeners: [listener('tls', [], { tls })], clusters: {}, certificates: [CERTIFICATE] });
    const socket = await dial();
    pass(11_000);
    socket.resume();
    await once(socket, 'close');
    await new Promise(resolve => setImmediate(resolve));
    assert.deepEqual([hits('handshake_timeout'), hits('request_head_timeout')], [1, 0]);
  });

  it('sends GOAWAY to a connection that had no request for an hour', async () => {
    await gateway.apply({ listeners: [listener('grpc', [])], clusters: {} });
    const session = connectHttp2(`http://127.0.0.1:${gateway.port}`);
    const stream = session.request({ ':path': '/' });
    stream.resume();
    await once(stream, 'end');
    pass(3_590_000);
    assert.equal(hits('idle_timeout'), 0);
    const goaway = once(session, 'goaway');
    pass(20_000);
    assert.equal((await goaway)[0], 0);
    await once(session, 'close');
    assert.equal(hits('idle_timeout'), 1);
  });
});
