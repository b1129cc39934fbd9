// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { until } from '../../time/until.test-support.ts';
import { backend, listener, rule, TestGateway } from '../http/gateway.test-support.ts';
import { certificate } from '../listeners/certificate.test-support.ts';
import { Authority, certificateOf, tlsTo } from '../upstream/authority.test-support.ts';
import { endOf, readAll, readText, StreamBed, streamRule, tlsListener } from './l4.test-support.ts';

const GATEWAY = await certificate('gateway', ['*.example.com']);
const BACKEND = await certificate('backend', ['backend.test']);

describe('a TLS listener', () => {
  let bed: StreamBed;
  let gateway: TestGateway;

  beforeEach(() => {
    bed = new StreamBed();
    gateway = new TestGateway({ accessLog: true });
  });
  afterEach(() => {
    bed.close();
    gateway.close();
  });

  const handshakes = (result: string): number => gateway.metric('daemun_tls_handshakes_total', { result });

  /** A backend that ends TLS itself and says which name it was asked for. */
  function tlsEcho(name: string): Promise<number> {
    return bed.serveTls(BACKEND, socket => {
      socket.write(`${name} ${String(socket.servername)}:`);
      socket.pipe(socket);
    });
  }

  const route = (hostname: string, to: string) => ({ hostname, rule: streamRule(to, { [to]: 1 }) });

  async function subject(socket: TLSSocket): Promise<unknown> {
    await once(socket, 'secureConnect');
    return socket.getPeerCertificate().subject['CN'];
  }

  it('passes TLS on to the backend of the most specific server name', async () => {
    await gateway.apply({
      listeners: [tlsListener('l', '*', [route('a.example.com', 'a'), route('*.example.com', 'b')])],
      clusters: { a: [await tlsEcho('a')], b: [await tlsEcho('b')] },
      clusterChanges: { protocol: 'tcp' },
    });
    for (const [asked, said] of [
      ['a.example.com', 'a a.example.com:'],
      ['other.example.com', 'b other.example.com:'],
    ] as const) {
      const client = bed.dialTls(gateway.port, asked);
      assert.equal(await subject(client), 'backend');
      client.write('hello');
      assert.equal(await readText(client, said.length + 5), `${said}hello`);
      client.end();
      await once(client, 'close');
    }
    assert.equal(handshakes('passed'), 2);
    gateway.runtime.close();
    assert.match(gateway.accessLog, /"authority":"a\.example\.com","protocol":"tls"/);
  });

  it('resets connections for a server name without a route, or without a listener', async () => {
    await gateway.apply({
      listeners: [tlsListener('l', '*.example.com', [route('a.example.com', 'a')])],
      clusters: { a: [await tlsEcho('a')] },
      clusterChanges: { protocol: 'tcp' },
    });
    for (const name of ['b.example.com', 'example.org', '']) {
      assert.equal(await endOf(bed.dialTls(gateway.port, name)), 'reset');
    }
    assert.equal(handshakes('unrecognized_name'), 3);
  });

  it('resets a connection whose backend cannot be used', async () => {
    const fault = { httpStatus: 500, grpcStatus: 14, message: 'none', reason: 'backend_not_found' };
    await gateway.apply({
      listeners: [tlsListener('l', '*', [{ hostname: 'a.example.com', rule: streamRule('r', {}, { fault }) }])],
      clusters: {},
    });
    assert.equal(await endOf(bed.dialTls(gateway.port, 'a.example.com')), 'reset');
  });

  it('waits for the rest of a ClientHello that comes byte by byte, and passes on all of it', async () => {
    await gateway.apply({
      listeners: [tlsListener('l', '*', [route('a.example.com', 'a')])],
      clusters: { a: [await tlsEcho('a')] },
      clusterChanges: { protocol: 'tcp' },
    });
    // Between the two: whatever the client says first arrives in pieces.
    const port = await bed.serve(socket => {
      void bed.dial(gateway.port).then(onward => {
        socket.on('data', chunk => {
          for (const byte of chunk) onward.write(Buffer.of(byte));
        });
        onward.pipe(socket);
      });
    });
    const client = bed.dialTls(port, 'a.example.com');
    assert.equal(await readText(client, 16), 'a a.example.com:');
  });

  it('ends TLS, and gives the backend what was in it', async () => {
    await gateway.apply({
      listeners: [tlsListener('l', '*.example.com', [route('tls.example.com', 'a')], GATEWAY)],
      clusters: { a: [await bed.echo('plain')] },
      clusterChanges: { protocol: 'tcp' },
      certificates: [GATEWAY],
    });
    const client = bed.dialTls(gateway.port, 'tls.example.com');
    assert.equal(await subject(client), 'gateway');
    client.write('x'.repeat(3_000_000));
    const text = await readText(client, 3_000_006);
    assert.equal(text, `plain:${'x'.repeat(3_000_000)}`);
    assert.equal(handshakes('ok'), 1);
  });

  it('gives clients, byte for byte, what a backend says in TLS faster than they take it', async () => {
    const authority = await Authority.create('ca');
    const server = certificateOf('server', await authority.issue({ dns: ['backend.test'] }));
    const said = randomBytes(3_000_000);
    await gateway.apply({
      listeners: [tlsListener('l', '*', [route('*', 'a')], GATEWAY)],
      clusters: { a: [await bed.serveTls(server, socket => socket.end(said))] },
      clusterChanges: { protocol: 'tcp', tls: tlsTo('backend.test', authority) },
      certificates: [GATEWAY],
      trustBundles: [authority.bundle],
    });
    const heard = await readAll(bed.dialTls(gateway.port, 'a.example.com'));
    assert.ok(said.equals(Buffer.from(heard, 'latin1')));
  });

  it('agrees with the client on a protocol that its rule names, and asks a backend in TLS for that one', async () => {
    const authority = await Authority.create('ca');
    const server = certificateOf('server', await authority.issue({ dns: ['backend.test'] }));
    const secure = await bed.serveTls(server, socket => socket.end(`asked for ${socket.alpnProtocol}`), ['x', 'h2']);
    const named = { hostname: '*', rule: streamRule('a', { a: 1 }, { alpn: ['h2', 'x'] }) };
    await gateway.apply({
      listeners: [tlsListener('l', '*', [named, route('silent.example.com', 'a')], GATEWAY)],
      clusters: { a: [secure] },
      clusterChanges: { protocol: 'tcp', tls: tlsTo('backend.test', authority) },
      certificates: [GATEWAY],
      trustBundles: [authority.bundle],
    });
    for (const [name, offered, agreed] of [
      ['a.example.com', ['x', 'h2'], 'h2'],
      ['a.example.com', ['x'], 'x'],
      ['a.example.com', [], false],
      ['silent.example.com', ['h2'], false],
    ] as const) {
      const client = bed.dialTls(gateway.port, name, [...offered]);
      assert.equal(await readAll(client), `asked for ${agreed}`);
      assert.equal(client.alpnProtocol, agreed);
    }
    const stranger = bed.dialTls(gateway.port, 'a.example.com', ['http/1.1']);
    const [error] = await once(stranger, 'error');
    assert.match(String(error.code), /NO_APPLICATION_PROTOCOL$/);
  });

  it('carries what the backend says after the client has ended its direction', async () => {
    const port = await bed.serve((socket: Socket) => {
      void readAll(socket).then(text => socket.end(`got ${text}`));
    });
    await gateway.apply({
      listeners: [tlsListener('l', '*', [route('*', 'a')], GATEWAY)],
      clusters: { a: [port] },
      clusterChanges: { protocol: 'tcp' },
      certificates: [GATEWAY],
    });
    const client = bed.dialTls(gateway.port, 'a.example.com');
    client.end('all');
    assert.equal(await readAll(client), 'got all');
  });

  it('says by a reset that the backend was lost, which is no end of what it said', async () => {
    const port = await bed.serve(socket => {
      socket.write('half');
      socket.once('data', () => socket.resetAndDestroy());
    });
    await gateway.apply({
      listeners: [tlsListener('l', '*', [route('*', 'a')], GATEWAY)],
      clusters: { a: [port] },
      clusterChanges: { protocol: 'tcp' },
      certificates: [GATEWAY],
    });
    const client = bed.dialTls(gateway.port, 'a.example.com');
    assert.equal(await readText(client, 4), 'half');
    client.write('and the rest?');
    const [error] = await once(client, 'error');
    assert.equal((error as NodeJS.ErrnoException).code, 'ECONNRESET');
  });

  it('says to a backend in TLS by a reset that the client was lost', async () => {
    const authority = await Authority.create('ca');
    const server = certificateOf('server', await authority.issue({ dns: ['backend.test'] }));
    const lost = Promise.withResolvers<NodeJS.ErrnoException>();
    const port = await bed.serveTls(server, socket => {
      socket.once('error', lost.resolve).write('hello');
      socket.resume();
    });
    await gateway.apply({
      listeners: [tlsListener('l', '*', [route('*', 'a')], GATEWAY)],
      clusters: { a: [port] },
      clusterChanges: { protocol: 'tcp', tls: tlsTo('backend.test', authority) },
      certificates: [GATEWAY],
      trustBundles: [authority.bundle],
    });
    const raw = await bed.dial(gateway.port);
    const client = connectTls({ socket: raw, servername: 'a.example.com', rejectUnauthorized: false });
    client.on('error', () => {}).write('half');
    await readText(client, 5);
    raw.resetAndDestroy();
    assert.equal((await lost.promise).code, 'ECONNRESET');
    await until(() => gateway.metric('daemun_streams') === 0);
  });

  it('tells the backend that the client has ended its direction, even before there was a connection to it', async () => {
    const port = await bed.serve((socket: Socket) => {
      void readAll(socket).then(text => socket.end(`got <${text}>`));
    });
    await gateway.apply({
      listeners: [tlsListener('l', '*', [route('*', 'a')], GATEWAY)],
      clusters: { a: [port] },
      clusterChanges: { protocol: 'tcp' },
      certificates: [GATEWAY],
    });
    const client = bed.dialTls(gateway.port, 'a.example.com');
    client.once('secureConnect', () => client.end());
    assert.equal(await readAll(client), 'got <>');
  });

  it('shares its port with listeners that end TLS and with those of HTTPS', async () => {
    const web = listener('web', [rule('web', [backend('none')])], {
      hostname: 'web.example.com',
      tls: { certificates: [GATEWAY.id], clients: null },
    });
    await gateway.apply({
      listeners: [
        tlsListener('passed', 'abc.example.com', [route('abc.example.com', 'passed')]),
        web,
        tlsListener('ended', '*.example.com', [route('tls.example.com', 'ended')], GATEWAY),
      ],
      clusters: { none: [], passed: [await tlsEcho('passed')], ended: [await bed.echo('ended')] },
      protocols: { none: 'h2' },
      clusterChanges: { protocol: 'tcp' },
      certificates: [GATEWAY],
    });
    const passed = bed.dialTls(gateway.port, 'abc.example.com');
    assert.equal(await readText(passed, 23), 'passed abc.example.com:');
    assert.equal(await subject(bed.dialTls(gateway.port, 'tls.example.com')), 'gateway');
    const statusOf = async (host: string): Promise<unknown> => {
      const servername = 'web.example.com';
      const session = connectHttp2(`https://127.0.0.1:${gateway.port}`, { servername, rejectUnauthorized: false });
      const stream = session.request({ ':authority': host, 'content-type': 'application/grpc', ':method': 'POST' });
      const [headers] = await once(stream, 'response');
      session.destroy();
      return headers[':status'];
    };
    assert.equal(await statusOf('web.example.com'), 200);
    // The host is another listener's: not even a listener that routes no requests lets this one have it.
    assert.equal(await statusOf('abc.example.com'), 421);
  });
});
