// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { type Client, type Server, status } from '@grpc/grpc-js';
import {
  backend,
  listener,
  rule,
  type SnapshotParts,
  shapesClient,
  shapesServer,
  TestGateway,
  unary,
} from '../http/gateway.test-support.ts';
import { certificate } from './certificate.test-support.ts';

const A = await certificate('a', ['a.example.com']);
const WILD = await certificate('wild', ['*.example.com', 'example.com']);

describe('listeners', () => {
  let gateway: TestGateway;
  let server: Server;
  let upstreamPort: number;
  const clients: Client[] = [];
  const sessions: ClientHttp2Session[] = [];

  beforeEach(async () => {
    gateway = new TestGateway();
    const started = await shapesServer({
      Unary: (call: { request: Buffer }, done: (error: null, reply: Buffer) => void) => done(null, call.request),
      Bidi: (call: NodeJS.ReadWriteStream) => {
        call.on('data', (part: Buffer) => call.write(part));
        call.on('end', () => call.end());
        call.on('error', () => {});
      },
    });
    server = started.server;
    upstreamPort = started.port;
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
    for (const session of sessions.splice(0)) session.destroy();
    server.forceShutdown();
    gateway.close();
  });

  const all = rule('all', [backend('a')]);
  const apply = (parts: Partial<SnapshotParts>) =>
    gateway.apply({ listeners: [listener('grpc', [all])], clusters: { a: [upstreamPort] }, ...parts });

  function tls(name: string, hostname: string, certificates: readonly string[]) {
    return listener(name, [all], { hostname, tls: { certificates, clients: null } });
  }

  async function handshake(serverName: string | undefined, options: object = {}): Promise<TLSSocket> {
    const socket = connectTls({
      port: gateway.port,
      host: '127.0.0.1',
      ALPNProtocols: ['h2'],
      rejectUnauthorized: false,
      ...(serverName === undefined ? {} : { servername: serverName }),
      ...options,
    });
    await once(socket, 'secureConnect');
    return socket;
  }

  async function request(socket: TLSSocket, authority: string): Promise<IncomingHttpHeaders> {
    const session = connectHttp2(`https://${authority}`, { createConnection: () => socket });
    sessions.push(session);
    const stream = session.request({
      ':method': 'POST',
      ':path': '/test.Shapes/Unary',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.end(Buffer.from([0, 0, 0, 0, 0]));
    stream.resume();
    const [headers] = await once(stream, 'response');
    return headers;
  }

  it('marks session cookies Secure', async () => {
    const session = {
      kind: 'cookie',
      sessionName: 'sid',
      absoluteTimeoutMs: null,
      lifetime: 'session',
      path: '/',
    } as const;
    const kept = rule('kept', [backend('a')], { sessionPersistence: session });
    const secure = listener('t', [kept], { tls: { certificates: ['a'], clients: null } });
    await apply({ listeners: [secure], certificates: [A] });
    const head = await request(await handshake('a.example.com'), 'a.example.com');
    assert.match(String(head['set-cookie']?.[0]), /^sid=[\w-]+; Path=\/; HttpOnly; Secure$/);
  });

  it('chooses the certificate with the most specific name for the server name', async () => {
    await apply({ listeners: [tls('t', '*', ['wild', 'a'])], certificates: [A, WILD] });
    const exact = await handshake('a.example.com');
    assert.equal(exact.getPeerCertificate().subject.CN, 'a');
    const other = await handshake('b.example.com');
    assert.equal(other.getPeerCertificate().subject.CN, 'wild');
    const none = await handshake(undefined);
    assert.equal(none.getPeerCertificate().subject.CN, 'wild');
    assert.equal((await request(exact, 'a.example.com'))[':status'], 200);
    for (const socket of [other, none]) socket.destroy();
    assert.equal(gateway.metric('daemun_tls_handshakes_total', { result: 'ok' }), 3);
  });

  it('uses a rotated certificate for new handshakes and leaves connections alone', async () => {
    const rotated = { ...(await certificate('a2', ['a.example.com'])), id: 'a2' };
    await apply({ listeners: [tls('t', '*', ['a'])], certificates: [A] });
    const before = await handshake('a.example.com');
    assert.equal((await request(before, 'a.example.com'))[':status'], 200);
    await apply({ listeners: [tls('t', '*', ['a2'])], certificates: [rotated] });
    const after = await handshake('a.example.com');
    assert.equal(after.getPeerCertificate().subject.CN, 'a2');
    const [session] = sessions;
    const stream = session?.request({
      ':method': 'POST',
      ':path': '/test.Shapes/Unary',
      'content-type': 'application/grpc',
    });
    assert.ok(stream);
    stream.end(Buffer.from([0, 0, 0, 0, 0]));
    const [headers] = await once(stream, 'response');
    assert.equal(headers[':status'], 200);
    assert.equal(before.destroyed, false);
    after.destroy();
  });

  it('takes the listener with the longest matching hostname for the server name', async () => {
    const listeners = [
      tls('any', '*', ['a']),
      tls('wild', '*.example.com', ['wild']),
      tls('exact', 'a.example.com', ['a']),
    ];
    await apply({ listeners, certificates: [A, WILD] });
    for (const [name, expected] of [
      ['a.example.com', 'a'],
      ['b.example.com', 'wild'],
      ['x.y.example.com', 'wild'],
      ['example.com', 'a'],
    ] as const) {
      const socket = await handshake(name);
      assert.equal(socket.getPeerCertificate().subject.CN, expected, name);
      socket.destroy();
    }
  });

  it('refuses a server name that no listener takes with unrecognized_name', async () => {
    await apply({ listeners: [tls('t', 'a.example.com', ['a'])], certificates: [A] });
    await assert.rejects(handshake('nobody.example.com'), { code: 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME' });
    await assert.rejects(handshake(undefined), { code: 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME' });
    assert.equal(gateway.metric('daemun_tls_handshakes_total', { result: 'unrecognized_name' }), 2);
  });

  it('resumes sessions', async () => {
    await apply({ listeners: [tls('t', '*', ['a'])], certificates: [A] });
    const first = await handshake('a.example.com');
    const [session] = await once(first, 'session');
    first.destroy();
    const second = await handshake('a.example.com', { session });
    assert.equal(second.isSessionReused(), true);
    second.destroy();
  });

  it('answers 421 when the authority belongs to another listener than the server name', async () => {
    await apply({
      listeners: [tls('exact', 'a.example.com', ['a']), tls('wild', '*.example.com', ['wild'])],
      certificates: [A, WILD],
    });
    assert.equal((await request(await handshake('b.example.com'), 'a.example.com'))[':status'], 421);
    assert.equal((await request(await handshake('b.example.com'), 'c.example.com'))[':status'], 200);
    const unknown = await request(await handshake('a.example.com'), 'else.org');
    assert.equal(unknown[':status'], 200);
    assert.equal(unknown['grpc-status'], String(status.UNIMPLEMENTED));
  });

  it('serves HTTP/1.1 beside HTTP/2, in cleartext by its first bytes', async () => {
    await apply({});
    const plain = connect(gateway.port, '127.0.0.1');
    plain.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    const parts: Buffer[] = [];
    for await (const part of plain) parts.push(part);
    assert.match(Buffer.concat(parts).toString(), /^HTTP\/1\.1 404 Not Found\r\n[\s\S]*no route matches GET/);
  });

  for (const ALPNProtocols of [['http/1.1'], ['http/1.1', 'h2'], []]) {
    it(`serves over TLS what ALPN [${ALPNProtocols}] or else the first bytes say`, async () => {
      await apply({ listeners: [tls('t', '*', ['a'])], certificates: [A] });
      const socket = await handshake('a.example.com', { ALPNProtocols });
      if (socket.alpnProtocol === 'h2') {
        assert.equal((await request(socket, 'a.example.com'))[':status'], 200);
        return;
      }
      socket.write('GET / HTTP/1.1\r\nhost: a.example.com\r\n\r\n');
      const [answer] = await once(socket, 'data');
      assert.match(String(answer), /^HTTP\/1\.1 404 /);
      socket.destroy();
    });
  }

  it('tells HTTP/1.1 in cleartext that a port takes TLS', async () => {
    await apply({ listeners: [tls('t', '*', ['a'])], certificates: [A] });
    const plain = connect(gateway.port, '127.0.0.1');
    plain.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    const parts: Buffer[] = [];
    for await (const part of plain) parts.push(part);
    assert.match(Buffer.concat(parts).toString(), /^HTTP\/1\.1 400 [\s\S]*This port speaks TLS/);
    assert.equal(gateway.metric('daemun_tls_handshakes_total', { result: 'not_tls' }), 1);
  });

  it('closes TLS connections to a cleartext port', async () => {
    await apply({});
    await assert.rejects(handshake('a.example.com'));
    assert.equal(gateway.metric('daemun_downstream_refused_total', { protocol: 'tls' }), 1);
  });

  /** A stream whose endpoint has answered once. */
  async function beginCall() {
    const client = shapesClient(gateway.port);
    clients.push(client);
    const call = client['Bidi']();
    call.write(Buffer.from('1'));
    await once(call, 'data');
    return { client, call };
  }

  it('keeps streams and connections over a change of routes, and serves the new routes on them', async () => {
    await apply({});
    const { client, call } = await beginCall();
    await apply({ listeners: [listener('grpc', [rule('other', [], { fault: FAULT })])] });
    call.write(Buffer.from('2'));
    const [echo] = await once(call, 'data');
    assert.equal(String(echo), '2');
    await assert.rejects(unary(client, Buffer.from('x')), { code: status.UNAVAILABLE, details: 'broken' });
    assert.equal(gateway.metric('daemun_downstream_connections_total'), 1);
    call.end();
    call.resume();
    await once(call, 'end');
  });

  it('drains: GOAWAY, streams end by themselves, then the connection closes', async () => {
    await apply({});
    const { call } = await beginCall();
    const drained = gateway.runtime.drain(5_000);
    call.write(Buffer.from('2'));
    const [echo] = await once(call, 'data');
    assert.equal(String(echo), '2');
    call.end();
    call.resume();
    assert.deepEqual(await drained, { finished: 1, cut: 0 });
  });

  it('ends with its last stream, though it is given a change while it drains', { timeout: 20_000 }, async () => {
    await apply({});
    const { call } = await beginCall();
    await gateway.runtime.stopListening();
    const drained = gateway.runtime.drain(60_000);
    await apply({ listeners: [listener('grpc', [rule('other', [], { fault: FAULT })])] });
    call.end();
    call.resume();
    assert.deepEqual(await drained, { finished: 1, cut: 0 });
  });

  it('opens no port any more once it was told to accept no more', async () => {
    await apply({});
    await gateway.runtime.stopListening();
    assert.equal(gateway.port, 0);
    await apply({ listeners: [listener('grpc', [rule('other', [backend('a')])])] });
    assert.equal(gateway.port, 0);
  });

  it('says why a port cannot be bound', async () => {
    await apply({});
    const taken = gateway.port;
    const second = new TestGateway();
    await assert.rejects(
      second.apply({ listeners: [listener('grpc', [all])], clusters: { a: [] }, port: taken }),
      /another process listens/,
    );
    second.close();
  });
});

const FAULT = { httpStatus: 500, grpcStatus: status.UNAVAILABLE, message: 'broken', reason: 'no_backend' };
