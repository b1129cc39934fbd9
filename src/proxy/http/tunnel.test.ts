// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { after, afterEach, before, describe, it } from 'node:test';
import type { RouteEntry } from '../../snapshot/index.ts';
import { until } from '../../time/until.test-support.ts';
import { certificate } from '../listeners/certificate.test-support.ts';
import { backend as backendOf, listener, rule, TestGateway } from './gateway.test-support.ts';
import { type Asked, ask as askOver, type Granted, KEY, TunnelBackend, VERSIONS } from './tunnel-peers.test-support.ts';

function prefix(value: string, to: string): RouteEntry {
  const match = { kind: 'http', path: { kind: 'prefix', value }, method: null, headers: [], queryParams: [] } as const;
  return { match, rule: rule(value, [backendOf(to)]), matchIndex: 0 };
}

const BY_HEADER: RouteEntry = {
  ...prefix('/by-header', 'main'),
  match: {
    kind: 'http',
    path: { kind: 'prefix', value: '/by-header' },
    method: 'GET',
    headers: [{ kind: 'exact', name: 'upgrade', value: 'websocket' }],
    queryParams: [],
  },
};

const ENTRIES = [
  BY_HEADER,
  prefix('/none', 'none'),
  prefix('/chat', 'main'),
  prefix('/logged', 'main'),
  {
    ...prefix('/', 'main'),
    match: { kind: 'http', path: { kind: 'exact', value: '/' }, method: null, headers: [], queryParams: [] },
  } as const,
];

/** As a peer that crashed. */
function reset(duplex: Duplex): void {
  if (duplex instanceof Socket) duplex.resetAndDestroy();
  else duplex.destroy(new Error('reset'));
}

const CERTIFICATE = await certificate('a', ['a.test']);
const WAYS = VERSIONS.flatMap(version => [
  { version, isSecure: false },
  { version, isSecure: true },
]);

for (const { version, isSecure } of WAYS) {
  describe(`upgrades asked for over ${version}${isSecure ? ' and TLS' : ''}`, () => {
    const granted = version === 'HTTP/2' ? 200 : 101;
    let backend: TunnelBackend;
    let gateway: TestGateway;
    const cleanups: (() => void)[] = [];

    before(async () => {
      backend = await TunnelBackend.start();
      gateway = new TestGateway({ accessLog: true });
      const virtualHosts = [{ hostname: '*', entries: ENTRIES }];
      const tls = isSecure ? { tls: { certificates: ['a'], clients: null } } : {};
      await gateway.apply({
        listeners: [listener('http', [], { virtualHosts, ...tls })],
        clusters: { main: [backend.port], none: [] },
        clusterChanges: { protocol: 'h1' },
        certificates: [CERTIFICATE],
      });
    });

    afterEach(() => {
      backend.reset();
      for (const cleanup of cleanups.splice(0)) cleanup();
    });

    after(() => {
      gateway.close();
      backend.close();
    });

    function ask(asked: Asked): Promise<Granted> {
      return askOver(version, gateway.port, { isSecure, ...asked }, cleanups);
    }

    it('pass as bytes both ways, with what came behind the grant', async () => {
      backend.greeting = 'hello';
      const client = await ask({ path: '/chat?a=b', headers: { 'x-echo': 'e' } });
      assert.deepEqual([client.status, client.headers['x-echo']], [granted, 'e']);
      assert.equal(
        client.headers['sec-websocket-accept'],
        version === 'HTTP/2' ? undefined : 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
      );
      assert.equal((await client.bytes.take(5)).toString(), 'hello');
      const { request, bytes } = await backend.upgraded();
      assert.deepEqual([request.method, request.url, request.headers.host], ['GET', '/chat?a=b', 'a.test']);
      assert.equal(request.headers.upgrade, 'websocket');
      assert.notEqual(request.headers['sec-websocket-key'], KEY);
      client.bytes.write('ping');
      assert.equal((await bytes.take(4)).toString(), 'ping');
      bytes.write('pong');
      assert.equal((await client.bytes.take(4)).toString(), 'pong');
    });

    it('pass each direction as far as it goes', async () => {
      const client = await ask({});
      const { bytes } = await backend.upgraded();
      client.bytes.duplex.end('last words');
      assert.equal((await bytes.rest()).toString(), 'last words');
      bytes.write('still here');
      assert.equal((await client.bytes.take(10)).toString(), 'still here');
      bytes.duplex.end('bye');
      assert.equal((await client.bytes.rest()).toString(), 'bye');
      assert.equal(client.bytes.error, null);
    });

    it('end for the client when the endpoint ends first', async () => {
      const client = await ask({});
      const { bytes } = await backend.upgraded();
      bytes.duplex.end('bye');
      assert.equal((await client.bytes.rest()).toString(), 'bye');
      client.bytes.duplex.end('me too');
      assert.equal((await bytes.rest()).toString(), 'me too');
    });

    // TLS over HTTP/1.1 has no reset that the other side could tell from an end.
    const hasReset = !isSecure || version === 'HTTP/2';
    it('are reset for the endpoint when the client resets, and the other way round', { skip: !hasReset }, async () => {
      const client = await ask({});
      const first = await backend.upgraded();
      reset(client.bytes.duplex);
      await first.bytes.rest();
      assert.match(String(first.bytes.error), /ECONNRESET/);
      const other = await ask({});
      const second = await backend.upgraded(1);
      reset(second.bytes.duplex);
      await other.bytes.rest();
      assert.match(String(other.bytes.error), version === 'HTTP/2' ? /INTERNAL_ERROR/ : /ECONNRESET/);
    });

    it('are an answer like any other when the endpoint does not grant them', async () => {
      backend.refusal = 'HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno';
      const client = await ask({});
      assert.deepEqual([client.status, (await client.bytes.take(2)).toString()], [403, 'no']);
      if (version === 'HTTP/2') return;
      client.bytes.write('GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n');
      assert.match((await client.bytes.rest()).toString(), /^HTTP\/1.1 200 OK/);
    });

    it('pass what came before the grant, and nothing of it to an endpoint that refuses', async () => {
      const client = await ask({ early: 'GET /smuggled HTTP/1.1\r\n' });
      const { bytes } = await backend.upgraded();
      client.bytes.duplex.end();
      assert.equal((await bytes.rest()).toString(), 'GET /smuggled HTTP/1.1\r\n');
      backend.refusal = 'HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';
      assert.equal((await ask({ early: 'GET /smuggled HTTP/1.1\r\n' })).status, 403);
      assert.equal((await backend.refused.at(-1)?.rest())?.length, 0);
    });

    it('fail when the endpoint grants them without proof', async () => {
      backend.refusal = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
      assert.equal((await ask({})).status, 502);
    });

    it('are answered at once where no endpoint is asked', async () => {
      assert.equal((await ask({ path: '/none' })).status, 503);
    });

    it('pass any protocol that the endpoint knows', async () => {
      const client = await ask({ protocol: 'chat/2' });
      const { request, bytes } = await backend.upgraded();
      assert.deepEqual([request.headers.upgrade, request.headers['sec-websocket-key']], ['chat/2', undefined]);
      bytes.write('hi');
      assert.equal((await client.bytes.take(2)).toString(), 'hi');
    });

    it('are found by the header that asks for them over HTTP/1.1', async () => {
      assert.equal((await ask({ path: '/by-header' })).status, granted);
      assert.equal((await ask({ path: '/by-header', protocol: 'chat' })).status, 404);
    });

    it('have a line in the log with what passed, at their end, and a gauge until then', async () => {
      await until(() => gateway.metric('daemun_downstream_tunnels') === 0);
      gateway.accessLog = '';
      const client = await ask({ path: '/logged' });
      const { bytes } = await backend.upgraded();
      assert.equal(gateway.metric('daemun_downstream_tunnels'), 1);
      assert.equal(gateway.metric('daemun_downstream_requests_active'), 1);
      client.bytes.duplex.end('1234567');
      bytes.duplex.end('123');
      await Promise.all([client.bytes.rest(), bytes.rest()]);
      await until(() => gateway.accessLog.includes('/logged'));
      const line = JSON.parse(gateway.accessLog.split('\n').find(text => text.includes('/logged')) ?? '');
      assert.deepEqual([line.http_status, line.bytes_received, line.bytes_sent, line.reason], [granted, 7, 3, null]);
      assert.equal(gateway.metric('daemun_downstream_tunnels'), 0);
    });
  });
}
