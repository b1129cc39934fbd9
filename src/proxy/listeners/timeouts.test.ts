// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, connect as connectHttp2, createServer, type ServerHttp2Stream } from 'node:http2';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { until } from '../../time/until.test-support.ts';
import { Http2Connection } from '../../wire/index.ts';
import { backend, listener, rule, TestGateway } from '../http/gateway.test-support.ts';
import { SocketLoop } from '../io/socket-loop.ts';
import { certificate } from './certificate.test-support.ts';

const CERTIFICATE = await certificate('a', ['a.example.com']);

describe('timeouts of client connections', () => {
  let nowMs: number;
  let loop: SocketLoop;
  let gateway: TestGateway;
  const closers: (() => void)[] = [];

  beforeEach(() => {
    nowMs = 1_000_000;
    loop = new SocketLoop(() => nowMs);
    gateway = new TestGateway({}, loop);
  });
  afterEach(() => {
    for (const close of closers.splice(0)) close();
    gateway.close();
  });

  function pass(ms: number): void {
    nowMs += ms;
    loop.refresh();
    loop.connectionTimers.advance(nowMs);
  }

  /** A connection that the gateway has accepted. */
  async function dial(): Promise<Socket> {
    const accepted = gateway.metric('daemun_downstream_connections_total');
    const socket = connect(gateway.port, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    await until(() => gateway.metric('daemun_downstream_connections_total') !== accepted);
    return socket;
  }

  const hits = (limit: string): number => gateway.metric('daemun_limit_hits_total', { limit });

  it('closes a connection that says nothing, after 10 s', async () => {
    await gateway.apply({ listeners: [listener('grpc', [])], clusters: {} });
    const socket = await dial();
    pass(9_000);
    assert.equal(hits('request_head_timeout'), 0);
    pass(2_000);
    socket.resume();
    await once(socket, 'close');
    await new Promise(resolve => setImmediate(resolve));
    assert.equal(hits('request_head_timeout'), 1);
  });

  it('closes a TLS connection without a ClientHello, after 10 s', async () => {
    const tls = { certificates: ['a'], clients: null };
    await gateway.apply({ listeners: [listener('tls', [], { tls })], clusters: {}, certificates: [CERTIFICATE] });
    const socket = await dial();
    pass(11_000);
    socket.resume();
    await once(socket, 'close');
    await new Promise(resolve => setImmediate(resolve));
    assert.deepEqual([hits('handshake_timeout'), hits('request_head_timeout')], [1, 0]);
  });

  /** A TLS connection whose server has answered the ClientHello; the client says no more. */
  async function startHandshake(): Promise<Socket> {
    const tls = { certificates: ['a'], clients: null };
    await gateway.apply({ listeners: [listener('tls', [], { tls })], clusters: {}, certificates: [CERTIFICATE] });
    const other = createTcpServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const client = connectTls({ port, host: '127.0.0.1', servername: 'a.example.com' });
    client.on('error', () => {});
    const [taken] = (await once(other, 'connection')) as [Socket];
    const [hello] = await once(taken, 'data');
    for (const one of [client, taken]) one.destroy();
    other.close();
    const socket = await dial();
    socket.write(hello);
    await once(socket, 'data');
    socket.resume();
    return socket;
  }

  it('closes a TLS connection whose handshake is not done after 10 s, however often it says something', async () => {
    const socket = await startHandshake();
    pass(9_000);
    const received = socket.bytesRead;
    socket.write(Buffer.from([20]));
    await new Promise(resolve => setImmediate(resolve));
    assert.deepEqual([hits('handshake_timeout'), socket.bytesRead], [0, received]);
    const closed = new Promise(resolve => socket.once('close', resolve));
    pass(2_000);
    await closed;
    assert.equal(hits('handshake_timeout'), 1);
    assert.equal(gateway.metric('daemun_tls_handshakes_total', { result: 'timeout' }), 1);
  });

  it('lets no handshake go on when it drains', async () => {
    const socket = await startHandshake();
    const drained = gateway.runtime.drain(600_000);
    await until(
      () => socket.closed,
      () => pass(100),
    );
    await drained;
    assert.equal(hits('handshake_timeout'), 0);
  });

  const frame = (type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer => {
    const head = Buffer.alloc(9);
    head.writeUIntBE(payload.length, 0, 3);
    head.set([type, flags], 3);
    head.writeUInt32BE(stream, 5);
    return Buffer.concat([head, payload]);
  };
  const PREFACE = Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(4, 0, 0)]);
  /** A gRPC call without its body: POST, http, `/a.B/C`, content-type. */
  const HEAD = Buffer.concat([
    Buffer.from([0x83, 0x86, 0x44, 6]),
    Buffer.from('/a.B/C'),
    Buffer.from([0x41, 1]),
    Buffer.from('h'),
    Buffer.from([0x5f, 16]),
    Buffer.from('application/grpc'),
  ]);

  /** Time passes in steps of ten seconds; PINGs of either side are answered in between. */
  async function minutes(count: number, session: ClientHttp2Session): Promise<void> {
    for (let step = 0; step < count * 6; step++) {
      pass(10_000);
      for (let round = 0; round < 3; round++) await new Promise(resolve => session.ping(resolve));
    }
  }

  /** A backend whose calls are answered by `answer`, or never. Its port. */
  async function startBackend(answer: (stream: ServerHttp2Stream) => void = () => {}): Promise<number> {
    const server = createServer();
    server.on('session', session => {
      session.on('error', () => {});
      closers.push(() => session.destroy());
    });
    server.on('stream', stream => {
      stream.on('error', () => {});
      answer(stream);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closers.push(() => server.close());
    const address = server.address();
    return typeof address === 'object' ? (address?.port ?? 0) : 0;
  }

  it('gives back what an idle connection only keeps to be quick, after 10 s, and not while a request goes on', async t => {
    const port = await startBackend(stream => stream.resume().on('end', () => stream.respond({}, { endStream: true })));
    const rest = t.mock.method(Http2Connection.prototype, 'rest');
    const parts = { listeners: [listener('grpc', [rule('r', [backend('main')])])], clusters: { main: [port] } };
    await gateway.apply(parts);
    const session = connectHttp2(`http://127.0.0.1:${gateway.port}`);
    closers.push(() => session.destroy());
    const stream = session.request({ ':method': 'POST', ':path': '/a.B/C', 'content-type': 'application/grpc' });
    await until(() => gateway.metric('daemun_downstream_requests_active') === 1);
    pass(11_000);
    assert.equal(rest.mock.callCount(), 0);
    stream.end();
    stream.resume();
    await once(stream, 'close');
    pass(11_000);
    pass(11_000);
    assert.ok(rest.mock.callCount() > 0);
  });

  for (const [what, bytes] of [
    ['HEADERS frame', frame(1, 4, 3, HEAD).subarray(0, 20)],
    ['header block that CONTINUATION frames should go on with', frame(1, 0, 3, HEAD.subarray(0, 3))],
  ] as const) {
    it(`closes a connection with an unfinished ${what}, while bytes trickle in and another call is open`, async () => {
      const backendPort = await startBackend();
      await gateway.apply({
        listeners: [listener('grpc', [rule('all', [backend('a')])])],
        clusters: { a: [backendPort] },
      });
      const socket = await dial();
      const received = (): number => gateway.metric('daemun_downstream_received_bytes_total');
      const start = Buffer.concat([PREFACE, frame(1, 4, 1, HEAD), bytes]);
      socket.write(start);
      await until(() => received() === start.length);
      pass(10_500);
      assert.equal(hits('request_head_timeout'), 0);
      socket.write(Buffer.alloc(1));
      await until(() => received() === start.length + 1);
      socket.resume();
      const closed = new Promise(resolve => socket.once('close', resolve));
      pass(10_000);
      await closed;
      assert.equal(hits('request_head_timeout'), 1);
      assert.equal(gateway.metric('daemun_request_failures_total', { reason: 'client_protocol' }), 1);
    });
  }

  it('ends a call whose body is owed for 5 minutes, and lets a quiet one beside it be for an hour', async () => {
    const backendPort = await startBackend();
    await gateway.apply({
      listeners: [listener('grpc', [rule('all', [backend('a')])])],
      clusters: { a: [backendPort] },
    });
    const session = connectHttp2(`http://127.0.0.1:${gateway.port}`);
    closers.push(() => session.destroy());
    const fields = { ':method': 'POST', ':path': '/a.B/C', 'content-type': 'application/grpc' };
    const owed = session.request(fields);
    const quiet = session.request(fields, { endStream: true });
    const ended: string[] = [];
    owed.on('response', headers => ended.push(`owed ${headers['grpc-status']}`));
    quiet.on('response', headers => ended.push(`quiet ${headers['grpc-status']}`));
    for (const stream of [owed, quiet]) stream.on('error', () => {});
    await until(() => gateway.metric('daemun_downstream_requests_active') === 2);
    await minutes(4, session);
    const received = gateway.metric('daemun_downstream_received_bytes_total');
    owed.write(Buffer.alloc(300));
    await until(() => gateway.metric('daemun_downstream_received_bytes_total') >= received + 300);
    await minutes(4, session);
    assert.deepEqual([ended, hits('stream_stalled')], [[], 0]);
    await minutes(2, session);
    assert.deepEqual([ended, hits('stream_stalled'), hits('stream_idle')], [['owed 4'], 1, 0]);
    await minutes(51, session);
    assert.deepEqual([ended, hits('stream_stalled'), hits('stream_idle')], [['owed 4', 'quiet 14'], 1, 1]);
  });

  it('ends a response that is not read for 5 minutes, while another call of the connection goes on', async () => {
    const port = await startBackend(stream => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
      stream.write(Buffer.alloc(1_000));
    });
    await gateway.apply({ listeners: [listener('grpc', [rule('all', [backend('a')])])], clusters: { a: [port] } });
    const session = connectHttp2(`http://127.0.0.1:${gateway.port}`, { settings: { initialWindowSize: 100 } });
    closers.push(() => session.destroy());
    const stream = session.request(
      { ':method': 'POST', ':path': '/a.B/C', 'content-type': 'application/grpc' },
      { endStream: true },
    );
    stream.on('error', () => {});
    await once(stream, 'response');
    await minutes(5, session);
    assert.equal(hits('stream_stalled'), 0);
    await minutes(1, session);
    assert.equal(gateway.metric('daemun_downstream_requests_active'), 0);
    assert.equal(hits('stream_stalled'), 1);
  });

  it('sends GOAWAY to a connection that had no request for an hour', async () => {
    await gateway.apply({ listeners: [listener('grpc', [])], clusters: {} });
    const session = connectHttp2(`http://127.0.0.1:${gateway.port}`);
    const stream = session.request({ ':path': '/' });
    stream.resume();
    await once(stream, 'end');
    pass(3_590_000);
    assert.equal(hits('idle_timeout'), 0);
    const goaway = once(session, 'goaway');
    pass(20_000);
    assert.equal((await goaway)[0], 0);
    await once(session, 'close');
    assert.equal(hits('idle_timeout'), 1);
  });

  /** Waits until the gateway has read so many bytes in all. */
  async function received(bytes: number): Promise<void> {
    await until(() => gateway.metric('daemun_downstream_received_bytes_total') >= bytes);
  }

  for (const [what, text] of [
    ['head', 'GET / HTTP/1.1\r\nHost: a\r\nX: '],
    ['second head', 'GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nX: '],
  ] as const) {
    it(`closes a connection whose HTTP/1.1 ${what} does not end within 20 s, however often a byte of it comes`, async () => {
      await gateway.apply({ listeners: [listener('grpc', [])], clusters: {} });
      const socket = await dial();
      socket.resume();
      socket.write(text);
      await received(text.length);
      const closed = once(socket, 'close');
      for (let turn = 0; turn < 3; turn++) {
        pass(10_001);
        socket.write('x');
        await new Promise(resolve => setImmediate(resolve));
      }
      await closed;
      assert.equal(hits('request_head_timeout'), 1);
    });
  }

  it('keeps an HTTP/1.1 connection between requests, and ends it when there was none for an hour', async () => {
    await gateway.apply({ listeners: [listener('grpc', [])], clusters: {} });
    const socket = await dial();
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(socket, 'data');
    pass(3_590_000);
    assert.equal(hits('idle_timeout'), 0);
    socket.resume();
    pass(20_000);
    pass(10_000);
    await once(socket, 'close');
    assert.equal(hits('idle_timeout'), 1);
  });

  it('answers an HTTP/1.1 client that ended its side, then ends ours', async () => {
    await gateway.apply({ listeners: [listener('grpc', [])], clusters: {} });
    const socket = await dial();
    socket.end('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    let answer = '';
    for await (const part of socket) answer += part;
    assert.match(answer, /^HTTP\/1\.1 404 /);
  });

  it('answers a request whose HTTP/1.1 body does not go on for 5 minutes, and does not wait for the rest', async () => {
    await gateway.apply({ listeners: [listener('grpc', [rule('all', [backend('a')])])], clusters: { a: [] } });
    const port = await startBackend(() => {});
    await gateway.apply({ listeners: [listener('grpc', [rule('all', [backend('a')])])], clusters: { a: [port] } });
    const socket = await dial();
    socket.resume();
    const text = 'POST /a.B/C HTTP/1.1\r\nHost: a\r\nContent-Type: application/grpc\r\nContent-Length: 9\r\n\r\nx';
    socket.write(text);
    await until(() => gateway.metric('daemun_downstream_requests_active') > 0);
    const closed = once(socket, 'close');
    for (let minute = 0; minute < 9; minute++) pass(60_000);
    await closed;
    assert.equal(hits('stream_stalled'), 1);
  });
});
