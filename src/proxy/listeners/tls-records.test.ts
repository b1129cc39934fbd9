// SPDX-License-Identifier: Apache-2.0

/** Clients and endpoints that change the keys of TLS 1.3 without end, or break it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createSecureContext, TLSSocket } from 'node:tls';
import { until } from '../../time/until.test-support.ts';
import { listener, TestGateway } from '../http/gateway.test-support.ts';
import { KeyChanges } from '../io/key-changes.ts';
import { SocketLoop } from '../io/socket-loop.ts';
import { StreamBed, streamRule, tcpListener } from '../l4/l4.test-support.ts';
import { Authority, tlsTo } from '../upstream/authority.test-support.ts';
import { certificate } from './certificate.test-support.ts';
import { CIPHER, RawRecords } from './raw-records.test-support.ts';

const CERTIFICATE = await certificate('a', ['a.example.com']);
const CONTEXT = createSecureContext({ cert: CERTIFICATE.chain, key: CERTIFICATE.key });
const PREFACE = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
]);
const PING = Buffer.from([0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
const INTERVAL_MS = 10_000;
/** What a connection may have of them in the interval. */
const CHANGES = 64;

function updates(records: RawRecords, count: number, isAnswered = false): Buffer {
  return Buffer.concat(Array.from({ length: count }, () => records.keyUpdate(isAnswered)));
}

function tickets(records: RawRecords, count: number): Buffer {
  return Buffer.concat(Array.from({ length: count }, (_, at) => records.ticket(at)));
}

describe('A client that changes its keys', () => {
  let nowMs: number;
  let gateway: TestGateway;
  let sent: number;
  let client: RawRecords;

  beforeEach(async () => {
    nowMs = 1_000_000;
    gateway = new TestGateway({}, new SocketLoop(() => nowMs));
    const tls = { certificates: ['a'], clients: null };
    await gateway.apply({ listeners: [listener('t', [], { tls })], clusters: {}, certificates: [CERTIFICATE] });
    sent = 0;
    client = await RawRecords.dial(gateway.port, { servername: 'a.example.com', ALPNProtocols: ['h2'] });
  });
  afterEach(() => {
    client.socket.destroy();
    gateway.close();
  });

  const hits = (): number => gateway.metric('daemun_limit_hits_total', { limit: 'key_changes' });
  const connections = (): number => gateway.metric('daemun_downstream_connections');

  /** `before`, then data; the gateway has read all of it. */
  async function send(data: Buffer, before: Buffer): Promise<void> {
    client.socket.write(before);
    client.socket.write(client.data(data));
    sent += data.length;
    await until(() => gateway.metric('daemun_downstream_received_bytes_total') === sent);
  }

  for (const [name, isAnswered, each] of [
    ['says nothing of ours', false, 1],
    ['asks for ours each time', true, 2],
  ] as const)
    it(`without end, and ${name}, is closed`, async () => {
      await send(PREFACE, updates(client, CHANGES / each, isAnswered));
      assert.equal(hits(), 0);
      assert.equal(connections(), 1);
      client.socket.write(updates(client, 1, isAnswered));
      await until(() => connections() === 0);
      assert.equal(hits(), 1);
    });

  it('now and then stays', async () => {
    await send(PREFACE, Buffer.alloc(0));
    for (let i = 0; i < 4; i++) {
      nowMs += INTERVAL_MS;
      await send(PING, updates(client, CHANGES));
    }
    assert.equal(hits(), 0);
  });
});

it('A client whose certificate proves nothing, and is not asked to, is closed when it breaks its TLS', async () => {
  // Of one name: the signature is looked at, and fails.
  const [theirs, others] = [await Authority.create('rsa', 'rsa'), await Authority.create('rsa', 'rsa')];
  const clients = { bundle: theirs.bundle.id, certificate: 'wanted', isForwarded: false } as const;
  const gateway = new TestGateway();
  await gateway.apply({
    listeners: [listener('t', [], { tls: { certificates: ['a'], clients } })],
    clusters: {},
    certificates: [CERTIFICATE],
    trustBundles: [theirs.bundle],
  });
  const forged = await others.issue({ dns: ['client'] });
  const client = await RawRecords.dial(gateway.port, { servername: 'a.example.com', ALPNProtocols: ['h2'], ...forged });
  client.socket.write(client.data(PREFACE));
  const heard = (): number => gateway.metric('daemun_downstream_received_bytes_total');
  await until(() => heard() === PREFACE.length);
  client.socket.write(client.garbage());
  await until(() => gateway.metric('daemun_downstream_connections') === 0);
  client.socket.destroy();
  gateway.close();
});

it('A flood of changed keys costs one read', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const dialled = RawRecords.dial((server.address() as { port: number }).port, {});
  const [raw] = await accepted;
  const socket = new TLSSocket(raw, { isServer: true, secureContext: CONTEXT });
  const [client] = await Promise.all([dialled, once(socket, 'secure')]);
  const before = raw.bytesRead;
  const ended = new Promise<number>(resolve =>
    new KeyChanges(new SocketLoop(Date.now), () => resolve(raw.bytesRead - before)).watchClient(socket),
  );
  client.socket.write(updates(client, 20_000));
  // Not what else the kernel has of it by then, some 170,000 bytes.
  assert.ok((await ended) <= 65_536);
  for (const one of [client.socket, socket]) one.destroy();
  server.close();
});

describe('A stream to an endpoint in TLS', () => {
  let bed: StreamBed;
  let gateway: TestGateway;
  beforeEach(() => {
    bed = new StreamBed();
    gateway = new TestGateway();
  });
  afterEach(() => {
    bed.close();
    gateway.close();
  });

  for (const [name, what] of [
    ['changes its keys without end', (endpoint: RawRecords) => updates(endpoint, CHANGES + 1)],
    ['gives tickets without end', (endpoint: RawRecords) => tickets(endpoint, CHANGES + 1)],
    ['breaks its TLS', (endpoint: RawRecords) => endpoint.garbage()],
  ] as const)
    it(`is reset when that ${name}`, async () => {
      const ours = await Authority.create('ours');
      const { cert, key } = await ours.issue({ dns: ['a.example.com'] });
      const context = createSecureContext({ cert, key, ciphers: CIPHER });
      const port = await bed.serve(socket => {
        void RawRecords.accept(socket, context).then(endpoint => socket.write(what(endpoint)));
      });
      await gateway.apply({
        listeners: [tcpListener(streamRule('r', { main: 1 }))],
        clusters: { main: [port] },
        clusterChanges: { protocol: 'tcp', tls: tlsTo('a.example.com', ours) },
        trustBundles: [ours.bundle],
      });
      const client = await bed.dial(gateway.port);
      const [error] = await once(client, 'error');
      assert.equal((error as NodeJS.ErrnoException).code, 'ECONNRESET');
    });
});
