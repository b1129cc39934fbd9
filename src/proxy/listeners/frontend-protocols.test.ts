// SPDX-License-Identifier: Apache-2.0

/** What may be spoken at the port of a Service whose clients of two namespaces are routed by routes of different kinds. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectHttp2, createServer as createHttp2 } from 'node:http2';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { ListenerIdentity, RequestListener, TcpListener, TlsListener } from '../../snapshot/index.ts';
import { until } from '../../time/until.test-support.ts';
import { httpListener, TestGateway } from '../http/gateway.test-support.ts';
import { SocketLoop } from '../io/socket-loop.ts';
import { endOf, readText, StreamBed, streamRule } from '../l4/l4.test-support.ts';
import { certificate } from './certificate.test-support.ts';
import { HEAD_TIMEOUT_MS } from './owed-input.ts';

const BACKEND = await certificate('backend', ['db.shop']);
const FRONTEND = { namespace: 'shop', name: 'db', address: '10.96.0.7', port: 5432 };
const CONSUMERS = '127.0.0.2';
const CLIENTS = [{ range: `${CONSUMERS}/32`, namespace: 'team' }];

function identity(clients: string | null): ListenerIdentity {
  const id = clients === null ? 'Service/shop/db:5432' : `Service/shop/db:5432/${clients}`;
  return { id, gateway: null, listenerSet: null, clients, name: 'db', hostname: '*' };
}
const bytes = (clients: string | null, to: string): TcpListener => ({
  kind: 'tcp',
  ...identity(clients),
  rule: streamRule(to, { [to]: 1 }),
});
const serverNames = (clients: string | null, hostname: string, to: string): TlsListener => ({
  kind: 'tls',
  ...identity(clients),
  tls: null,
  serverNames: [{ hostname, rule: streamRule(to, { [to]: 1 }) }],
});
const requests = (clients: string | null, to: string): RequestListener => ({
  ...httpListener('http', { '/': to }),
  ...identity(clients),
});

describe('at the port of a Service', () => {
  let gateway: TestGateway;
  let bed: StreamBed;
  let nowMs: number;
  let loop: SocketLoop;
  const ended: (() => void)[] = [];

  beforeEach(() => {
    nowMs = 1_000_000;
    loop = new SocketLoop(() => nowMs);
    gateway = new TestGateway({}, loop);
    bed = new StreamBed();
  });
  afterEach(() => {
    for (const end of ended.splice(0)) end();
    bed.close();
    gateway.close();
  });

  async function dial(localAddress: string): Promise<Socket> {
    const socket = connect({ port: gateway.port, host: '127.0.0.1', localAddress });
    socket.on('error', () => {});
    ended.push(() => socket.destroy());
    await once(socket, 'connect');
    return socket;
  }

  function dialTls(localAddress: string, servername: string): TLSSocket {
    const place = { port: gateway.port, host: '127.0.0.1', localAddress };
    const socket = connectTls({ ...place, servername, rejectUnauthorized: false });
    socket.on('error', () => {});
    ended.push(() => socket.destroy());
    return socket;
  }

  it('the server may speak first, whoever is routed by requests beside', async () => {
    const clusters = { db: [await bed.echo('db')], other: [await bed.echo('other')], web: [] };
    const protocols = { db: 'tcp', other: 'tcp', web: 'h1' } as const;
    const listeners = [bytes(null, 'db'), requests('team', 'web')];
    await gateway.apply({ listeners, frontend: FRONTEND, clients: CLIENTS, clusters, protocols });
    assert.equal(await readText(await dial('127.0.0.3'), 3), 'db:');
  });

  it('TLS goes by its server name for the clients of one namespace, and is bytes for all others', async () => {
    const tlsEcho = (name: string) => bed.serveTls(BACKEND, socket => socket.write(`${name} ${socket.servername}`));
    const clusters = { db: [await tlsEcho('db')], named: [await tlsEcho('named')] };
    const listeners = [bytes(null, 'db'), serverNames('team', 'db.shop', 'named')];
    const clusterChanges = { protocol: 'tcp' } as const;
    await gateway.apply({ listeners, frontend: FRONTEND, clients: CLIENTS, clusters, clusterChanges });
    assert.equal(await readText(dialTls('127.0.0.3', 'any.name'), 11), 'db any.name');
    assert.equal(await readText(dialTls(CONSUMERS, 'db.shop'), 13), 'named db.shop');
    const unknown = dialTls(CONSUMERS, 'other.name');
    assert.equal(await endOf(unknown), 'reset');
  });

  it('HTTP/2 in cleartext and HTTP/1.1 are told apart, each for its namespace', async () => {
    const backend = createHttp2((_, response) => response.end('h2 backend'));
    backend.listen(0, '127.0.0.1');
    await once(backend, 'listening');
    ended.push(() => backend.close());
    const clusters = { web: [(backend.address() as AddressInfo).port], db: [await bed.echo('db')] };
    const listeners = [bytes(null, 'db'), requests('team', 'web')];
    const protocols = { web: 'h2', db: 'tcp' } as const;
    await gateway.apply({ listeners, frontend: FRONTEND, clients: CLIENTS, clusters, protocols });
    const socket = await dial(CONSUMERS);
    const session = connectHttp2('http://db.shop', { createConnection: () => socket });
    ended.push(() => session.destroy());
    assert.equal(await readText(session.request({ ':path': '/' }) as unknown as Socket, 10), 'h2 backend');
    const http1 = await dial(CONSUMERS);
    http1.write('GET / HTTP/1.1\r\nhost: db.shop\r\n\r\n');
    assert.match(await readText(http1, 100), /^HTTP\/1\.1 200 /);
  });

  it('a client that says nothing where requests are routed is closed, not left to wait', async () => {
    const clusters = { web: [await bed.echo('never')] };
    await gateway.apply({ listeners: [requests(null, 'web')], frontend: FRONTEND, clients: [], clusters });
    const silent = await dial('127.0.0.3');
    await until(() => gateway.metric('daemun_downstream_connections_total') > 0);
    nowMs += HEAD_TIMEOUT_MS + 1_000;
    loop.refresh();
    const closed = once(silent, 'close');
    silent.resume();
    await until(
      () => gateway.metric('daemun_limit_hits_total', { limit: 'request_head_timeout' }) > 0,
      () => {
        nowMs += 500;
        loop.connectionTimers.advance(nowMs);
      },
    );
    await closed;
  });
});
