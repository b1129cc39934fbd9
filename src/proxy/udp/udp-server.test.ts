// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, it } from 'node:test';
import { until } from '../../time/until.test-support.ts';
import { SocketLoop } from '../io/index.ts';
import { VirtualClock } from '../virtual-clock.test-support.ts';
import { Peer, UdpGateway } from './udp.test-support.ts';

const open: { close(): unknown }[] = [];

function kept<T extends { close(): unknown }>(opened: T): T {
  open.push(opened);
  return opened;
}
const client = async (): Promise<Peer> => kept(await Peer.open());
const echo = async (name: string): Promise<Peer> => kept(await Peer.echo(name));
const silent = async (): Promise<Peer> => kept(await Peer.open());

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

describe('a UDP listener', () => {
  it('passes datagrams to an endpoint and its answers back, from the port that was asked', async () => {
    const gateway = kept(new UdpGateway());
    const backend = await echo('a');
    await gateway.serve({ clusters: { a: [backend.port] } });
    const asking = await client();
    assert.equal(await asking.ask('one', gateway.port), 'a:one');
    assert.equal(await asking.ask('two', gateway.port), 'a:two');
    assert.deepEqual(
      asking.received.map(({ from }) => `${from.address}:${from.port}`),
      [`127.0.0.1:${gateway.port}`, `127.0.0.1:${gateway.port}`],
    );
    // One session: the endpoint sees one sender.
    assert.equal(new Set(backend.received.map(({ from }) => from.port)).size, 1);
    assert.equal(gateway.sessions, 1);
    assert.equal(gateway.metric('daemun_udp_received_datagrams_total'), 2);
    assert.equal(gateway.metric('daemun_udp_sent_datagrams_total'), 2);
    assert.equal(gateway.metric('daemun_downstream_received_bytes_total'), 6);
    assert.equal(gateway.metric('daemun_downstream_sent_bytes_total'), 10);
  });

  it('tells clients apart by address and port', async () => {
    const gateway = kept(new UdpGateway());
    const backend = await echo('a');
    await gateway.serve({ clusters: { a: [backend.port] } });
    const [one, other] = [await client(), await client()];
    assert.deepEqual(await Promise.all([one.ask('1', gateway.port), other.ask('2', gateway.port)]), ['a:1', 'a:2']);
    assert.equal(new Set(backend.received.map(({ from }) => from.port)).size, 2);
  });

  it('passes datagrams of any size, the empty and the largest too', async () => {
    const gateway = kept(new UdpGateway());
    const backend = await silent();
    backend.answer = text => text;
    await gateway.serve({ clusters: { a: [backend.port] } });
    const asking = await client();
    for (const size of [0, 1, 1_472, 9_000, 65_507]) {
      const text = 'x'.repeat(size);
      assert.equal(await asking.ask(text, gateway.port), text, String(size));
    }
  });

  const hasIpv6 = Object.values(networkInterfaces()).some(addresses =>
    addresses?.some(({ family }) => family === 'IPv6'),
  );
  it('serves IPv6', { skip: hasIpv6 ? false : 'there is none here' }, async () => {
    const gateway = kept(new UdpGateway());
    const backend = await echo('a');
    await gateway.serve({ clusters: { a: [backend.port] }, address: '::1' });
    const asking = kept(await Peer.open('::1'));
    assert.equal(await asking.ask('six', gateway.port, '::1'), 'a:six');
    assert.equal(asking.received[0]?.from.address, '::1');
  });

  it('knows IPv4 clients of a socket of both families by their own address', async () => {
    const gateway = kept(new UdpGateway());
    const backend = await echo('a');
    await gateway.serve({ clusters: { a: [backend.port] }, address: '::' });
    assert.equal(await (await client()).ask('1', gateway.port), 'a:1');
    gateway.runtime.close();
    assert.equal(JSON.parse(gateway.accessLog).client, '127.0.0.1');
  });

  it('says which port another process has', async () => {
    const taken = await client();
    const gateway = kept(new UdpGateway());
    await assert.rejects(gateway.serve({ clusters: {}, port: taken.port }), /another process listens/);
  });
});

describe('the backends of a UDP listener', () => {
  it('get their weights of the clients', async () => {
    const gateway = kept(new UdpGateway());
    const [a, b] = [await echo('a'), await echo('b')];
    await gateway.serve({ clusters: { a: [a.port], b: [b.port] }, weights: { a: 7, b: 3 } });
    const answers = await Promise.all(
      Array.from({ length: 400 }, async () => {
        const asking = await Peer.open();
        const answer = await asking.ask('x', gateway.port);
        await asking.close();
        return answer;
      }),
    );
    const share = answers.filter(answer => answer === 'a:x').length / answers.length;
    assert.ok(Math.abs(share - 0.7) < 0.1, String(share));
  });

  it('keep a client with one endpoint', async () => {
    const gateway = kept(new UdpGateway());
    const backends = [await echo('a'), await echo('b'), await echo('c')];
    await gateway.serve({ clusters: { a: backends.map(({ port }) => port) } });
    const asking = await client();
    const answers = new Set<string>();
    for (let at = 0; at < 10; at++) answers.add(await asking.ask('x', gateway.port));
    assert.equal(answers.size, 1);
  });

  it('of which some cannot be used lose their share of the datagrams, not of the clients', async () => {
    const gateway = kept(new UdpGateway());
    const backend = await silent();
    await gateway.serve({ clusters: { a: [backend.port] }, weights: { a: 1 }, faults: { backend_not_found: 4 } });
    const asking = await client();
    for (let sent = 0; sent < 500; sent += 100) {
      for (let at = 0; at < 100; at++) asking.send(String(sent + at), gateway.port);
      // No more at once than any system's receive buffer holds.
      await until(() => gateway.metric('daemun_udp_received_datagrams_total') === sent + 100);
    }
    const dropped = gateway.drops('backend_not_found') / 500;
    assert.ok(Math.abs(dropped - 0.8) < 0.08, String(dropped));
  });

  it('drop everything when no route is attached, no weight is above 0, or there is no endpoint', async () => {
    const gateway = kept(new UdpGateway());
    const asking = await client();
    await gateway.serve({ clusters: {}, weights: null });
    asking.send('x', gateway.port);
    await until(() => gateway.drops('no_route') === 1);
    const fault = { httpStatus: 500, grpcStatus: 14, message: '', reason: 'no_weight' };
    await gateway.serve({ clusters: {}, weights: {}, rule: { fault } });
    asking.send('x', gateway.port);
    await until(() => gateway.drops('no_weight') === 1);
    await gateway.serve({ clusters: { a: [] } });
    asking.send('x', gateway.port);
    await until(() => gateway.drops('no_endpoint') === 1);
    const backend = await echo('a');
    await gateway.serve({ clusters: { a: [backend.port] } });
    assert.equal(await asking.ask('x', gateway.port), 'a:x');
  });
});

describe('an endpoint that refuses datagrams', () => {
  it('is left for another one, and is said to be unreachable', async () => {
    const gateway = kept(new UdpGateway());
    const [a, b] = [await echo('a'), await echo('b')];
    await gateway.serve({ clusters: { c: [a.port, b.port] } });
    const asking = await client();
    const first = await asking.ask('x', gateway.port);
    const [lost, other] = first === 'a:x' ? [a, 'b'] : [b, 'a'];
    await lost.close();
    open.splice(open.indexOf(lost), 1);
    // This one is lost: that it was comes back with ICMP.
    asking.send('lost', gateway.port);
    await until(() => gateway.metric('daemun_upstream_connect_failures_total') === 1);
    assert.equal(await asking.ask('y', gateway.port), `${other}:y`);
  });

  it('is noticed by a client that sends several datagrams at once, too', async () => {
    const gateway = kept(new UdpGateway());
    const gone = await silent();
    const { port } = gone;
    await gone.close();
    open.splice(open.indexOf(gone), 1);
    const backend = await silent();
    const balancer = { kind: 'ring-hash', key: { kind: 'source-ip' } } as const;
    await gateway.serve({ clusters: { c: [port] }, cluster: { balancer } });
    const asking = await client();
    for (let at = 0; at < 3; at++) asking.send('x', gateway.port);
    await until(() => gateway.metric('daemun_upstream_connect_failures_total') >= 1);
    await gateway.serve({ clusters: { c: [port, backend.port] }, cluster: { balancer } });
    asking.send('y', gateway.port);
    asking.send('z', gateway.port);
    await backend.got(1);
  });
});

describe('a change', () => {
  it('keeps the sessions of backends that stay, and ends those of others', async () => {
    const gateway = kept(new UdpGateway());
    const [a, b] = [await echo('a'), await echo('b')];
    await gateway.serve({ clusters: { a: [a.port], b: [b.port] }, weights: { a: 1 } });
    const asking = await client();
    await asking.ask('1', gateway.port);
    const { port } = gateway;
    await gateway.serve({ clusters: { a: [a.port], b: [b.port] }, weights: { a: 1, b: 1_000_000 } });
    assert.equal(gateway.port, port);
    assert.equal(await asking.ask('2', gateway.port), 'a:2');
    assert.equal(new Set(a.received.map(({ from }) => from.port)).size, 1);
    await gateway.serve({ clusters: { a: [a.port], b: [b.port] }, weights: { b: 1 } });
    assert.equal(gateway.sessions, 0);
    assert.equal(await asking.ask('3', gateway.port), 'b:3');
  });

  it('moves the clients of an endpoint that left its Service', async () => {
    const gateway = kept(new UdpGateway());
    const [a, b] = [await echo('a'), await echo('b')];
    await gateway.serve({ clusters: { c: [a.port] } });
    const asking = await client();
    assert.equal(await asking.ask('1', gateway.port), 'a:1');
    await gateway.serve({ clusters: { c: [b.port] } });
    assert.equal(await asking.ask('2', gateway.port), 'b:2');
    assert.equal(gateway.sessions, 1);
  });

  it('leaves the clients of a terminating endpoint with it, and gives it no new ones', async () => {
    const gateway = kept(new UdpGateway());
    const [a, b] = [await echo('a'), await echo('b')];
    await gateway.serve({ clusters: { c: [a.port] } });
    const old = await client();
    assert.equal(await old.ask('1', gateway.port), 'a:1');
    await gateway.serve({ clusters: { c: [a.port, b.port] }, draining: [a.port] });
    assert.equal(await old.ask('2', gateway.port), 'a:2');
    for (let at = 0; at < 4; at++) assert.equal(await (await client()).ask('3', gateway.port), 'b:3');
  });

  it('lets what was asked be answered before a removed listener closes', async () => {
    const gateway = kept(new UdpGateway());
    const backend = await silent();
    await gateway.serve({ clusters: { a: [backend.port] } });
    const asking = await client();
    asking.send('late', gateway.port);
    await backend.got(1);
    await gateway.serve({ clusters: { a: [backend.port] }, listeners: 'none' });
    const { from } = backend.received[0] ?? assert.fail();
    backend.send('answer', from.port);
    await asking.got(1);
    assert.equal(asking.received[0]?.text, 'answer');
    await until(() => gateway.metric('daemun_udp_sessions_total') === 0);
    gateway.runtime.close();
    assert.equal(JSON.parse(gateway.accessLog).reason, null);
  });
});

describe('a session', () => {
  it('ends when neither side sent anything for the idle timeout, and is logged', async () => {
    const clock = new VirtualClock();
    const loop = new SocketLoop(() => clock.nowMs());
    const gateway = kept(new UdpGateway({}, loop, clock));
    const backend = await echo('a');
    await gateway.serve({ clusters: { a: [backend.port] }, rule: { idleTimeoutMs: 5_000 } });
    const [early, late] = [await client(), await client()];
    await early.ask('123', gateway.port);
    clock.advance(1_000);
    await early.ask('45', gateway.port);
    clock.advance(3_000);
    await late.ask('x', gateway.port);
    clock.advance(2_000);
    loop.connectionTimers.advance(clock.nowMs());
    assert.equal(gateway.sessions, 1);
    assert.equal(await late.ask('y', gateway.port), 'a:y');
    clock.advance(5_000);
    loop.connectionTimers.advance(clock.nowMs());
    assert.equal(gateway.sessions, 0);
    clock.advance(1_000);
    const lines = gateway.accessLog
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
    assert.equal(lines.length, 2);
    const { time, ...line } = lines[0];
    assert.deepEqual(line, {
      client: '127.0.0.1',
      client_namespace: null,
      gateway: 'default/gw',
      listener: 'default/gw/u',
      authority: null,
      protocol: 'udp',
      method: null,
      path: null,
      route: 'default/r',
      rule: '0',
      endpoint: `127.0.0.1:${backend.port}`,
      attempts: 1,
      waited_ms: 0,
      grpc_status: null,
      http_status: null,
      duration_ms: 1_000,
      bytes_received: 5,
      bytes_sent: 9,
      request_id: null,
      trace_id: null,
      user_agent: null,
      client_certificate: null,
      reason: null,
    });
  });
});
