// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { connect as connectTls, createSecureContext, TLSSocket } from 'node:tls';
import { until } from '../../time/until.test-support.ts';
import { listener, TestGateway } from '../http/gateway.test-support.ts';
import { SocketLoop } from '../io/socket-loop.ts';
import { certificate } from './certificate.test-support.ts';
import { RawRecords } from './raw-records.test-support.ts';
import { RecordWatch } from './record-watch.ts';

const CERTIFICATE = await certificate('a', ['a.example.com']);
const PREFACE = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
]);
const PING = Buffer.from([0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
/** Nobody is looked at less often. */
const LOOK_MS = 3_500;
/** 27 bytes each: a little more than is taken between two looks. */
const UPDATES = 2_500;

describe('TLS records that bring no data', () => {
  let nowMs: number;
  let loop: SocketLoop;
  let gateway: TestGateway;
  let sent: number;
  let client: RawRecords;

  beforeEach(async () => {
    nowMs = 1_000_000;
    loop = new SocketLoop(() => nowMs);
    gateway = new TestGateway({}, loop);
    const tls = { certificates: ['a'], clients: null };
    await gateway.apply({ listeners: [listener('t', [], { tls })], clusters: {}, certificates: [CERTIFICATE] });
    sent = 0;
    client = await RawRecords.dial(gateway.port, { servername: 'a.example.com', ALPNProtocols: ['h2'] });
  });
  afterEach(() => {
    client.socket.destroy();
    gateway.close();
  });

  function pass(ms: number): void {
    nowMs += ms;
    loop.refresh();
    loop.connectionTimers.advance(nowMs);
  }

  /** Data in pieces of `size`, and key updates before it; the gateway has read all of it. */
  async function send(data: Buffer, { size = data.length, updates = 0 } = {}): Promise<void> {
    const records: Buffer[] = [];
    for (let i = 0; i < updates; i++) records.push(client.keyUpdate(i % 2 === 0));
    for (let at = 0; at < data.length; at += size) records.push(client.data(data.subarray(at, at + size)));
    client.socket.write(Buffer.concat(records));
    sent += data.length;
    await until(() => gateway.metric('daemun_downstream_received_bytes_total') === sent);
  }

  const hits = (): number => gateway.metric('daemun_limit_hits_total', { limit: 'tls_records' });

  it('end the connection when there is more than 64 KiB of them between two looks', async () => {
    await send(PREFACE);
    pass(LOOK_MS);
    await send(PING, { updates: UPDATES });
    assert.equal(gateway.metric('daemun_downstream_connections'), 1);
    pass(LOOK_MS);
    await until(() => gateway.metric('daemun_downstream_connections') === 0);
    assert.equal(hits(), 1);
  });

  it('are taken when there are few between two looks', async () => {
    await send(PREFACE);
    for (let i = 0; i < 4; i++) {
      pass(LOOK_MS);
      await send(PING, { updates: UPDATES / 4 });
    }
    pass(LOOK_MS);
    assert.equal(hits(), 0);
    await send(PING);
  });

  it('are not what brings a byte each', async () => {
    await send(Buffer.concat([PREFACE, ...Array.from({ length: 200 }, () => PING)]), { size: 1 });
    pass(LOOK_MS);
    assert.equal(hits(), 0);
    await send(PING);
  });

  it('end the connection when the client leaves 64 KiB of answers to them unread', () => {
    const raw = { bytesRead: 100 };
    const handle = { writeQueueSize: 70_000 };
    const socket = { bytesRead: 50, writableLength: 40_000, _handle: handle, destroyed: false, destroy: () => ended++ };
    let ended = 0;
    const watch = new RecordWatch(loop, () => {});
    watch.watch(raw as Socket, socket as unknown as TLSSocket);
    raw.bytesRead += 27;
    pass(LOOK_MS);
    assert.equal(ended, 0, 'data that was written to it waits');
    socket.writableLength = 0;
    raw.bytesRead += 27;
    pass(LOOK_MS);
    assert.equal(ended, 1);
  });

  it('are told from the rest by counters that Node has', async () => {
    const { chain, key } = CERTIFICATE;
    const context = createSecureContext({ cert: chain, key });
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address() as { port: number };
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const below = connect(address.port, '127.0.0.1');
    const other = connectTls({ socket: below, rejectUnauthorized: false });
    const [raw] = await accepted;
    const socket = new TLSSocket(raw, { isServer: true, secureContext: context });
    await once(socket, 'secure');
    const recordBytes = raw.bytesRead;
    other.write('x');
    await once(socket, 'data');
    socket.write(Buffer.alloc(100));
    const { writeQueueSize } = (socket as unknown as { _handle: { writeQueueSize: number } })._handle;
    for (const one of [other, socket]) one.destroy();
    server.close();
    assert.equal(socket.bytesRead, 1);
    assert.ok(raw.bytesRead > recordBytes);
    assert.equal(typeof writeQueueSize, 'number');
  });
});
