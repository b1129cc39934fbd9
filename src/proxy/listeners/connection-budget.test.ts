// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { until } from '../../time/until.test-support.ts';
import { listener, rule, TestGateway } from '../http/gateway.test-support.ts';
import { SocketLoop } from '../io/socket-loop.ts';

const FAULT = { httpStatus: 503, grpcStatus: 14, message: 'none', reason: 'no_backend' };

describe('a worker that may have four client connections', () => {
  let nowMs: number;
  let gateway: TestGateway;
  const sessions: ClientHttp2Session[] = [];
  const sockets: Socket[] = [];

  beforeEach(async () => {
    nowMs = 1_000_000;
    gateway = new TestGateway({ maxConnections: 4 }, new SocketLoop(() => nowMs));
    await gateway.apply({ listeners: [listener('grpc', [rule('all', [], { fault: FAULT })])], clusters: {} });
  });
  afterEach(() => {
    for (const session of sessions.splice(0)) session.destroy();
    for (const socket of sockets.splice(0)) socket.destroy();
    gateway.close();
  });

  const hits = (limit: string): number => gateway.metric('daemun_limit_hits_total', { limit });
  const open = (): number => gateway.metric('daemun_downstream_connections');

  async function dial(): Promise<ClientHttp2Session> {
    const session = connectHttp2(`http://127.0.0.1:${gateway.port}`);
    sessions.push(session);
    session.on('error', () => {});
    await once(session, 'remoteSettings');
    return session;
  }

  /** A call that stays open: not gRPC, so that the answer waits for its end. */
  async function hold(session: ClientHttp2Session): Promise<void> {
    const active = gateway.metric('daemun_downstream_requests_active');
    session.request({ ':method': 'POST', ':path': '/' }).on('error', () => {});
    await until(() => gateway.metric('daemun_downstream_requests_active') !== active);
  }

  async function silent(): Promise<Socket> {
    const accepted = gateway.metric('daemun_downstream_connections_total');
    const socket = connect(gateway.port, '127.0.0.1');
    sockets.push(socket);
    socket.on('error', () => {});
    socket.resume();
    await until(() => gateway.metric('daemun_downstream_connections_total') !== accepted);
    return socket;
  }

  it('says how many it may have', () => assert.equal(gateway.metric('daemun_downstream_connections_max'), 4));

  it('closes the one that was idle for longest for a new one, with a GOAWAY', async () => {
    const all = [await dial(), await dial(), await dial(), await dial()];
    const [first, second] = all as [ClientHttp2Session, ClientHttp2Session];
    nowMs += 500;
    const used = first.request({ ':path': '/' });
    used.resume();
    await once(used, 'close');
    nowMs += 1_500;
    const goaway = once(second, 'goaway');
    await dial();
    assert.equal((await goaway)[0], 0);
    await new Promise(resolve => (second.closed ? resolve(null) : second.once('close', resolve)));
    assert.deepEqual([open(), hits('connections_idle'), hits('connections')], [4, 1, 0]);
    assert.deepEqual(
      all.map(session => session.closed),
      [false, true, false, false],
    );
  });

  it('closes new ones at once when all have requests, and takes one again when one has gone', async () => {
    const all = [await dial(), await dial(), await dial(), await dial()];
    for (const session of all) await hold(session);
    nowMs += 2_000;
    const refused = await silent();
    if (!refused.closed) await once(refused, 'close');
    assert.deepEqual([open(), hits('connections')], [4, 1]);
    all[0]?.destroy();
    await until(() => open() <= 3);
    await dial();
    assert.deepEqual([open(), hits('connections')], [4, 1]);
  });

  it('closes the oldest that says nothing when those take more than half of its places', async () => {
    const quiet = [await silent(), await silent(), await silent()];
    await hold(await dial());
    const closed = once(quiet[0] as Socket, 'close');
    await dial();
    await closed;
    assert.deepEqual([open(), hits('connections_early'), hits('connections')], [2, 1, 0]);
  });
});
