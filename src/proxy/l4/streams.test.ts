// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { StreamRule } from '../../snapshot/index.ts';
import { until } from '../../time/until.test-support.ts';
import { TestGateway } from '../http/gateway.test-support.ts';
import { SocketLoop } from '../io/socket-loop.ts';
import { endOf, readAll, readText, StreamBed, streamRule, tcpListener } from './l4.test-support.ts';

const FAULT = { httpStatus: 500, grpcStatus: 14, message: 'none', reason: 'backend_not_found' };

describe('a TCP listener', () => {
  let bed: StreamBed;
  let gateway: TestGateway;
  let nowMs: number;
  let loop: SocketLoop;

  beforeEach(() => {
    bed = new StreamBed();
    nowMs = 1_000_000;
    loop = new SocketLoop(() => nowMs);
    gateway = new TestGateway({ accessLog: true }, loop);
  });
  afterEach(() => {
    bed.close();
    gateway.close();
  });

  async function route(rule: StreamRule | null, clusters: Readonly<Record<string, readonly number[]>>): Promise<void> {
    await gateway.apply({ listeners: [tcpListener(rule)], clusters, clusterChanges: { protocol: 'tcp' } });
  }

  const failures = (reason: string): number => gateway.metric('daemun_stream_failures_total', { reason });

  async function settled(metric: string, value: number): Promise<void> {
    await until(() => gateway.metric(metric) === value);
  }

  /** The lines of the access log, once there is one. */
  function lines(): readonly Record<string, unknown>[] {
    gateway.runtime.close();
    return gateway.accessLog
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as Record<string, unknown>);
  }

  it('passes bytes on in both directions, whoever speaks first', async () => {
    await route(streamRule('r', { a: 1 }), { a: [await bed.echo('server')] });
    const client = await bed.dial(gateway.port);
    assert.equal(await readText(client, 7), 'server:');
    client.write('hello');
    assert.equal(await readText(client, 5), 'hello');
    client.end();
    await once(client, 'close');
    await settled('daemun_streams', 0);
    assert.equal(gateway.metric('daemun_downstream_received_bytes_total'), 5);
    assert.equal(gateway.metric('daemun_downstream_sent_bytes_total'), 12);
    assert.equal(gateway.metric('daemun_upstream_connections'), 0);
    const [line] = lines();
    assert.equal(line?.['protocol'], 'tcp');
    assert.equal(line?.['route'], 'default/r');
    assert.equal(line?.['bytes_received'], 5);
    assert.equal(line?.['bytes_sent'], 12);
    assert.equal(line?.['reason'], null);
  });

  it('ends the stream that has been half over and quiet for longest when others need its place', async () => {
    gateway.close();
    gateway = new TestGateway({ maxConnections: 6 }, loop);
    await route(streamRule('r', { a: 1 }), {
      a: [await bed.serve(socket => socket.on('data', () => socket.write('more')))],
    });
    const dialled = [await bed.dial(gateway.port), await bed.dial(gateway.port), await bed.dial(gateway.port)];
    for (const client of dialled) client.end('all');
    for (const client of dialled) assert.equal(await readText(client, 4), 'more');
    const [first, , third] = dialled as [Socket, Socket, Socket];
    nowMs += 1_000;
    const ends = once(first, 'error');
    const last = await bed.dial(gateway.port);
    await ends;
    last.write('all');
    assert.equal(await readText(last, 4), 'more');
    assert.equal(third.destroyed, false);
    assert.equal(gateway.metric('daemun_limit_hits_total', { limit: 'tunnels' }), 0);
  });

  it('lets a client that has ended its direction read the answer', async () => {
    const port = await bed.serve(socket => {
      void readAll(socket).then(text => socket.end(`got ${text}`));
    });
    await route(streamRule('r', { a: 1 }), { a: [port] });
    const client = await bed.dial(gateway.port);
    client.end('all');
    assert.equal(await readAll(client), 'got all');
  });

  it('lets an endpoint that has ended its direction go on reading', async () => {
    const received = Promise.withResolvers<string>();
    const port = await bed.serve(socket => {
      socket.end('bye');
      void readAll(socket).then(received.resolve);
    });
    await route(streamRule('r', { a: 1 }), { a: [port] });
    const client = await bed.dial(gateway.port);
    assert.equal(await readAll(client), 'bye');
    client.end('more');
    assert.equal(await received.promise, 'more');
  });

  it('shares connections out by weight, and resets the share of a backend that cannot be used', async () => {
    const rule = streamRule('r', { a: 7, b: 3 });
    const broken = { weight: 10, target: { kind: 'fault' as const, fault: FAULT } };
    const backends = [...rule.backends, broken];
    await route({ ...rule, backends, totalWeight: 20 }, { a: [await bed.echo('a')], b: [await bed.echo('b')] });
    const counts = { a: 0, b: 0, reset: 0 };
    for (let at = 0; at < 400; at++) {
      const client = await bed.dial(gateway.port).catch(() => null);
      const said = client === null ? 'reset' : await Promise.race([readText(client, 2), endOf(client)]);
      counts[said === 'a:' ? 'a' : said === 'b:' ? 'b' : 'reset']++;
      client?.destroy();
    }
    // Six standard deviations of 400 tries.
    assert.ok(Math.abs(counts.a - 140) < 58, JSON.stringify(counts));
    assert.ok(Math.abs(counts.b - 60) < 43, JSON.stringify(counts));
    assert.ok(Math.abs(counts.reset - 200) < 60, JSON.stringify(counts));
    assert.equal(failures('backend_not_found'), counts.reset);
  });

  for (const [why, rule, reason] of [
    ['no route is attached', null, 'no_route'],
    ['no weight is above 0', streamRule('r', {}, { fault: { ...FAULT, reason: 'no_weight' } }), 'no_weight'],
    ['there is no endpoint', streamRule('r', { a: 1 }), 'no_endpoint'],
  ] as const) {
    it(`resets connections when ${why}`, async () => {
      await route(rule, { a: [] });
      assert.equal(await bed.fate(gateway.port), 'reset');
      assert.equal(failures(reason), 1);
      assert.equal(lines()[0]?.['reason'], reason);
    });
  }

  it('tries another endpoint when one cannot be connected to, and none twice', async () => {
    const dead = [await bed.deadPort(), await bed.deadPort(), await bed.deadPort()];
    await route(streamRule('r', { a: 1 }), { a: [...dead.slice(0, 1), await bed.echo('alive')] });
    for (let at = 0; at < 4; at++) assert.equal(await readText(await bed.dial(gateway.port), 6), 'alive:');
    await route(streamRule('r', { a: 1 }), { a: dead.slice(1) });
    assert.equal(await bed.fate(gateway.port), 'reset');
    assert.equal(failures('connect_failure'), 1);
    assert.ok(lines().some(line => line['attempts'] === 2 && line['reason'] === 'connect_failure'));
  });

  it('resets one side when the other is reset', async () => {
    const sockets: Socket[] = [];
    const port = await bed.serve(socket => {
      sockets.push(socket);
      socket.write('x');
    });
    await route(streamRule('r', { a: 1 }), { a: [port] });
    const first = await bed.dial(gateway.port);
    await readText(first, 1);
    first.resetAndDestroy();
    assert.equal(await endOf(sockets[0] as Socket), 'reset');
    const second = await bed.dial(gateway.port);
    await readText(second, 1);
    sockets[1]?.resetAndDestroy();
    assert.equal(await endOf(second), 'reset');
    assert.equal(failures('client_cancelled'), 1);
    assert.equal(failures('upstream_reset'), 1);
  });

  it('resets a client that goes on sending when its endpoint, which had ended, is gone', async () => {
    const port = await bed.serve(socket => socket.destroy());
    await route(streamRule('r', { a: 1 }), { a: [port] });
    const client = await bed.dial(gateway.port);
    assert.equal(await endOf(client), 'ended');
    for (let turns = 0; !client.destroyed && turns < 10_000; turns++) {
      client.write('x');
      await new Promise(resolve => setImmediate(resolve));
    }
    assert.equal(client.errored === null, false);
    assert.equal(failures('upstream_reset'), 1);
  });

  it('carries 64 MiB each way at once, past a reader that stops now and then', async () => {
    const data = randomBytes(1_048_576);
    const rounds = 64;
    const hashOf = (): ReturnType<typeof createHash> => createHash('sha256');
    const wanted = hashOf();
    for (let at = 0; at < rounds; at++) wanted.update(data);
    const digest = wanted.digest('hex');
    const send = async (socket: Socket): Promise<void> => {
      for (let at = 0; at < rounds; at++) if (!socket.write(data)) await once(socket, 'drain');
      socket.end();
    };
    const receive = async (socket: Socket): Promise<string> => {
      const hash = hashOf();
      let chunks = 0;
      socket.on('data', chunk => {
        hash.update(chunk);
        if (++chunks % 64 !== 0) return;
        socket.pause();
        setImmediate(() => setImmediate(() => socket.resume()));
      });
      await once(socket, 'end');
      return hash.digest('hex');
    };
    const there = Promise.withResolvers<string>();
    const port = await bed.serve(socket => {
      void receive(socket).then(there.resolve);
      void send(socket);
    });
    await route(streamRule('r', { a: 1 }), { a: [port] });
    const client = await bed.dial(gateway.port);
    const [back, forth] = await Promise.all([receive(client), there.promise, send(client)]);
    assert.equal(back, digest);
    assert.equal(forth, digest);
    await settled('daemun_streams', 0);
  });

  it('ends a stream on which nobody says anything for the idle timeout', async () => {
    await route(streamRule('r', { a: 1 }, { idleTimeoutMs: 60_000 }), { a: [await bed.echo('a')] });
    const client = await bed.dial(gateway.port);
    await readText(client, 2);
    const pass = (ms: number): void => {
      nowMs += ms;
      loop.refresh();
      loop.connectionTimers.advance(nowMs);
    };
    pass(50_000);
    client.write('x');
    await readText(client, 1);
    pass(50_000);
    assert.equal(gateway.metric('daemun_streams'), 1);
    pass(15_000);
    assert.equal(await endOf(client), 'reset');
    assert.equal(failures('stream_idle'), 1);
  });

  it('is served on when endpoints come, or are greeted in another way: nothing but its streams connects to them', async () => {
    const ports = [await bed.echo('a'), await bed.echo('b'), await bed.echo('c')];
    const change = (count: number, proxyProtocol: 'v1' | null): Promise<void> =>
      gateway.apply({
        listeners: [tcpListener(streamRule('r', { a: 1 }))],
        clusters: { a: ports.slice(0, count) },
        clusterChanges: { protocol: 'tcp', proxyProtocol },
      });
    await change(1, null);
    const names = new Set<string>();
    for (const [count, proxyProtocol] of [
      [1, null],
      [3, null],
      [3, 'v1'],
      [2, null],
    ] as const) {
      await change(count, proxyProtocol);
      for (let visit = 0; visit < 3; visit++) names.add((await readText(await bed.dial(gateway.port), 2)).slice(0, 2));
    }
    assert.deepEqual([...names].sort(), ['a:', 'b:', 'c:']);
    assert.equal(gateway.metric('daemun_upstream_connect_failures_total'), 0);
  });

  it('keeps open streams when routes and endpoints change, and cuts them when the time to drain is over', async () => {
    const [a, b] = [await bed.echo('a'), await bed.echo('b')];
    await route(streamRule('r', { a: 1 }), { a: [a] });
    const client = await bed.dial(gateway.port);
    await readText(client, 2);
    await route(streamRule('other', { b: 1 }), { b: [b] });
    client.write('still');
    assert.equal(await readText(client, 5), 'still');
    assert.equal(await readText(await bed.dial(gateway.port), 2), 'b:');
    await gateway.runtime.apply({
      version: 99_999,
      bindings: [],
      clusters: [],
      endpoints: [],
      certificates: [],
      trustBundles: [],
      clients: [],
    });
    client.write('even now');
    assert.equal(await readText(client, 8), 'even now');
    gateway.runtime.close();
    assert.equal(await endOf(client), 'reset');
    assert.ok(gateway.accessLog.includes('"drain_timeout"'));
  });
});
