// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, Socket } from 'node:net';
import { it, type TestContext } from 'node:test';
import { until } from '../../time/until.test-support.ts';
import { MemoryBudget, OwnSockets, sharedPorts } from '../io/index.ts';
import { VirtualClock } from '../virtual-clock.test-support.ts';
import { streamRule, tcpListener } from './l4.test-support.ts';
import { StreamConnection } from './stream-connection.ts';
import type { StreamServer } from './stream-server.ts';

const RULE = streamRule('r', { a: 1 });

/** A server whose one endpoint takes its time: its socket is `dialled`, and connects when the test says so. */
function slowServer(limitBytes: number, dialled: Socket): { server: StreamServer; memory: MemoryBudget } {
  const memory = new MemoryBudget(limitBytes, () => {});
  const nothing = (): void => {};
  const endpoint = { key: 'a:1', connectTimeoutMs: 1_000, tls: null, dialStream: () => dialled };
  const cluster = { hashKey: null, takeUntried: () => endpoint, streamEnded: nothing, answered: nothing };
  const loop = { nowMs: 0, refresh: nothing, connectionTimers: { arm: nothing, disarm: nothing } };
  const upstreams = { cluster: () => cluster };
  const ownSockets = new OwnSockets(sharedPorts(), () => 0);
  const serving = { memory, loop, upstreams, ownSockets, clock: new VirtualClock(), random: () => 0, accessLog: null };
  const server = {
    serving: { ...serving, debug: { isOn: false } },
    choices: { pick: () => ({ kind: 'cluster', cluster: 'a' }) },
    budget: { takeTunnel: () => true, tunnelEnded: nothing, idle: nothing, busy: nothing },
    streamMetrics: { begun: nothing, ended: nothing },
    traffic: { values: new Float64Array(2), read: 0, written: 1 },
    streamEnded: nothing,
    namespaceOf: () => null,
    sharerOf: () => null,
  };
  return { server: server as unknown as StreamServer, memory };
}

function begin(server: StreamServer, client: Socket): StreamConnection {
  const start = { listener: tcpListener(RULE), serverName: null, first: Buffer.alloc(1_000), alpn: null };
  const stream = new StreamConnection(client, RULE, start, server);
  stream.begin();
  return stream;
}

it('a stream is charged for its first bytes until an endpoint has them', () => {
  const dialled = new Socket();
  const { server, memory } = slowServer(10_000, dialled);
  const stream = begin(server, new Socket());
  assert.equal(memory.bytes, 1_000);
  stream.cut();
  assert.equal(memory.bytes, 0);
  begin(server, new Socket());
  assert.equal(memory.bytes, 1_000);
  // What is written to it then has a charge of its own.
  dialled.write = () => true;
  dialled.emit('connect');
  assert.equal(memory.bytes, 0);
});

/** Both ends of a connection; the second is as the gateway accepts it. */
async function connection(t: TestContext): Promise<readonly [Socket, Socket]> {
  const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => {});
  t.after(() => {
    client.destroy();
    server.close();
  });
  const [socket] = (await accepted) as [Socket];
  return [client, socket];
}

it('a client that goes before there is an endpoint is noticed', async t => {
  const { server, memory } = slowServer(10_000, new Socket());
  const [client, accepted] = await connection(t);
  begin(server, accepted);
  client.resetAndDestroy();
  await new Promise(resolve => accepted.once('close', resolve));
  assert.equal(memory.bytes, 0);
});

it('what a client sends before there is an endpoint is charged, and goes there after the first bytes', async t => {
  const dialled = new Socket();
  const { server, memory } = slowServer(10_000, dialled);
  const [client, accepted] = await connection(t);
  begin(server, accepted);
  client.write('early');
  await until(() => memory.bytes > 1_000);
  assert.equal(memory.bytes, 1_005);
  assert.equal(accepted.isPaused(), true);
  const written: string[] = [];
  dialled.write = (chunk: unknown) => written.push(String(chunk)) > 0;
  dialled.emit('connect');
  assert.deepEqual(written, ['\0'.repeat(1_000), 'early']);
  assert.equal(memory.bytes, 0);
  assert.equal(accepted.isPaused(), false);
});

it('a stream may be asked to make room while it waits for its endpoint, and no longer', () => {
  const waiting = new Set<unknown>();
  const budget = { idle: (one: unknown) => waiting.add(one), busy: (one: unknown) => waiting.delete(one) };
  const [asked, taken] = [new Socket(), new Socket()];
  const [first, second] = [asked, taken].map(dialled => {
    const { server } = slowServer(10_000, dialled);
    Object.assign(server.budget, budget);
    return begin(server, new Socket());
  });
  assert.deepEqual([...waiting], [first, second]);
  first?.makeRoom();
  assert.equal(asked.destroyed, true);
  assert.deepEqual([...waiting], [second]);
  taken.write = () => true;
  taken.emit('connect');
  assert.equal(waiting.size, 0);
});

it('a stream gives way with its first bytes when memory is short', () => {
  const { server, memory } = slowServer(500, new Socket());
  const client = new Socket();
  begin(server, client);
  assert.equal(memory.bytes, 0);
  assert.equal(client.destroyed, true);
});
