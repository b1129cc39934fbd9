// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { until } from '../../time/until.test-support.ts';
import { readProxyHeader, writeProxyHeader } from '../../wire/index.ts';
import { httpListener, listener, type SnapshotParts, TestGateway } from '../http/gateway.test-support.ts';
import { readText, StreamBed, streamRule, tcpListener, tlsListener } from '../l4/l4.test-support.ts';
import { certificate } from './certificate.test-support.ts';

const CERTIFICATE = await certificate('a', ['a.test']);
const FROM = ['127.0.0.0/8'];
const CLIENT = {
  kind: 'proxied',
  source: { address: '203.0.113.7', port: 4_711 },
  destination: { address: '198.51.100.1', port: 443 },
} as const;
const V2 = writeProxyHeader('v2', CLIENT);
const HEADERS = [
  ['v1', writeProxyHeader('v1', CLIENT)],
  ['v2', V2],
] as const;
const GET = 'GET /x HTTP/1.1\r\nhost: a.test\r\nconnection: close\r\n\r\n';

describe('a connection that a load balancer speaks for', () => {
  let gateway: TestGateway;
  let bed: StreamBed;
  /** Answers with what it was told of the client. */
  const server = createServer((request: IncomingMessage, response) => response.end(request.headers['x-forwarded-for']));

  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => server.close());
  beforeEach(() => {
    gateway = new TestGateway({ accessLog: true });
    bed = new StreamBed();
  });
  afterEach(() => {
    bed.close();
    gateway.close();
  });

  const apply = (parts: Partial<SnapshotParts> & Pick<SnapshotParts, 'listeners'>) =>
    gateway.apply({
      clusters: { main: [(server.address() as AddressInfo).port] },
      clusterChanges: { protocol: 'h1' },
      certificates: [CERTIFICATE],
      proxyProtocolFrom: FROM,
      ...parts,
    });

  /** All that comes back for these pieces, each sent by itself. */
  async function tell(pieces: readonly (Buffer | string)[], localAddress = '127.0.0.1'): Promise<string> {
    const socket = connect({ port: gateway.port, host: '127.0.0.1', localAddress });
    socket.setNoDelay(true);
    const closed = once(socket, 'close');
    socket.on('error', () => {});
    let text = '';
    socket.on('data', chunk => {
      text += chunk.toString('latin1');
    });
    await once(socket, 'connect');
    for (const piece of pieces) await new Promise(resolve => socket.write(piece, resolve));
    await closed;
    return text;
  }

  const refused = (outcome: string): number => gateway.metric('daemun_proxy_headers_refused_total', { outcome });

  for (const [version, header] of HEADERS) {
    it(`is the client's over cleartext HTTP, ${version}`, async () => {
      await apply({ listeners: [httpListener('l', { '/': 'main' })] });
      assert.match(await tell([Buffer.concat([header, Buffer.from(GET)])]), /203\.0\.113\.7$/);
      assert.match(await tell([header, GET]), /203\.0\.113\.7$/);
      assert.match(await tell([header.subarray(0, 3), header.subarray(3), GET]), /203\.0\.113\.7$/);
      gateway.runtime.close();
      assert.match(gateway.accessLog, /"client":"203\.0\.113\.7"/);
    });

    it(`is the client's over TLS, ${version}`, async () => {
      const shape = httpListener('l', { '/': 'main' });
      const tls = { certificates: ['a'], clients: null };
      await apply({ listeners: [listener('l', [], { tls, virtualHosts: shape.virtualHosts })] });
      const raw = connect(gateway.port, '127.0.0.1');
      raw.write(header);
      const socket: TLSSocket = connectTls({ socket: raw, servername: 'a.test', rejectUnauthorized: false });
      socket.write(GET);
      let text = '';
      socket.on('data', chunk => {
        text += String(chunk);
      });
      await once(socket, 'close');
      assert.match(text, /203\.0\.113\.7$/);
    });

    it(`is passed on to an endpoint that wants to be told, ${version}`, async () => {
      const heard = Promise.withResolvers<Buffer>();
      const port = await bed.serve(socket => socket.once('data', heard.resolve));
      await apply({
        listeners: [tcpListener(streamRule('r', { a: 1 }))],
        clusters: { a: [port] },
        clusterChanges: { protocol: 'tcp', proxyProtocol: version },
      });
      const client = await bed.dial(gateway.port);
      client.write(Buffer.concat([header, Buffer.from('hello')]));
      const said = await heard.promise;
      const read = readProxyHeader(said);
      assert.deepEqual(read.kind === 'read' && read.header, CLIENT);
    });
  }

  it('may be its own: a health check, say', async () => {
    await apply({ listeners: [httpListener('l', { '/': 'main' })] });
    for (const version of ['v1', 'v2'] as const)
      assert.match(await tell([writeProxyHeader(version, { kind: 'local' }), GET]), /127\.0\.0\.1$/);
  });

  it('ends when the load balancer does not say whose it is', async () => {
    await apply({ listeners: [httpListener('l', { '/': 'main' })] });
    assert.equal(await tell([GET]), '');
    assert.equal(refused('absent'), 1);
    assert.equal(await tell(['PROXY TCP4 nonsense\r\n']), '');
    assert.equal(refused('malformed'), 1);
  });

  it('of nobody that the Gateway names is not believed', async () => {
    await apply({ listeners: [httpListener('l', { '/': 'main' })], proxyProtocolFrom: ['127.0.0.2/32'] });
    assert.match(await tell([GET]), /127\.0\.0\.1$/);
    const answer = await tell([Buffer.concat([writeProxyHeader('v1', CLIENT), Buffer.from(GET)])]);
    assert.doesNotMatch(answer, /203\.0\.113\.7/);
    assert.match(await tell([writeProxyHeader('v1', CLIENT), GET], '127.0.0.2'), /203\.0\.113\.7$/);
  });

  it('ends when its load balancer is believed no more, and not before', async () => {
    const listeners = [httpListener('l', { '/': 'main' })];
    await apply({ listeners });
    const socket = connect({ port: gateway.port, host: '127.0.0.1' });
    const lasting = GET.replace('connection: close\r\n', '');
    let text = '';
    socket.on('data', chunk => {
      text += String(chunk);
    });
    const answers = (): number => text.split('203.0.113.7').length - 1;
    socket.write(Buffer.concat([V2, Buffer.from(lasting)]));
    await until(() => answers() === 1);
    await apply({ listeners, proxyProtocolFrom: ['127.0.0.1/32'] });
    socket.write(lasting);
    await until(() => answers() === 2);
    const closed = once(socket, 'close');
    await apply({ listeners, proxyProtocolFrom: [] });
    await closed;
  });

  it('carries a stream whose first bytes came with the header, or after it', async () => {
    await apply({
      listeners: [tcpListener(streamRule('r', { a: 1 }))],
      clusters: { a: [await bed.echo('server')] },
      clusterChanges: { protocol: 'tcp' },
    });
    for (const pieces of [[Buffer.concat([V2, Buffer.from('hello')])], [V2, 'hello']] as const) {
      const client = await bed.dial(gateway.port);
      for (const piece of pieces) await new Promise(resolve => client.write(piece, resolve));
      assert.equal(await readText(client, 12), 'server:hello');
      client.destroy();
    }
  });

  it('carries TLS that is passed on', async () => {
    const backend = await bed.serveTls(CERTIFICATE, socket => socket.end('secret'));
    await apply({
      listeners: [tlsListener('l', '*', [{ hostname: 'a.test', rule: streamRule('r', { a: 1 }) }])],
      clusters: { a: [backend] },
      clusterChanges: { protocol: 'tcp' },
    });
    const raw: Socket = connect(gateway.port, '127.0.0.1');
    raw.write(V2);
    const socket = connectTls({ socket: raw, servername: 'a.test', rejectUnauthorized: false });
    assert.equal(await readText(socket, 6), 'secret');
    raw.destroy();
    socket.destroy();
    await once(raw, 'close');
  });
});

describe('an endpoint that wants to be told whose a connection is', () => {
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

  it('hears the addresses of the client of a stream', async () => {
    const heard = Promise.withResolvers<Buffer>();
    const port = await bed.serve(socket => socket.once('data', heard.resolve));
    await gateway.apply({
      listeners: [tcpListener(streamRule('r', { a: 1 }))],
      clusters: { a: [port] },
      clusterChanges: { protocol: 'tcp', proxyProtocol: 'v1' },
    });
    const client = await bed.dial(gateway.port);
    const own = client.localPort;
    assert.match(
      String(await heard.promise),
      new RegExp(`^PROXY TCP4 127\\.0\\.0\\.1 127\\.0\\.0\\.1 ${own} ${gateway.port}\\r\\n`),
    );
  });

  it('hears that a connection which requests share is the gateway’s own', async () => {
    const heard = Promise.withResolvers<string>();
    const port = await bed.serve(socket => {
      let text = '';
      socket.on('data', chunk => {
        text += chunk.toString('latin1');
        if (!text.endsWith('\r\n\r\n')) return;
        heard.resolve(text);
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
      });
    });
    await gateway.apply({
      listeners: [httpListener('l', { '/': 'main' })],
      clusters: { main: [port] },
      clusterChanges: { protocol: 'h1', proxyProtocol: 'v1' },
    });
    const answer = await fetch(`http://127.0.0.1:${gateway.port}/x`);
    assert.equal(answer.status, 200);
    assert.match(await heard.promise, /^PROXY UNKNOWN\r\nGET \/x HTTP\/1\.1\r\n/);
  });
});
