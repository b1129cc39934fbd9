// SPDX-License-Identifier: Apache-2.0

/** An endpoint that is told whose a connection is before TLS begins on it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttp1 } from 'node:http';
import { createServer as createHttp2 } from 'node:http2';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createServer as createTls, type TLSSocket } from 'node:tls';
import { type ProxyHeader, readProxyHeader } from '../../wire/index.ts';
import { httpListener, TestGateway } from '../http/gateway.test-support.ts';
import { readText, StreamBed, streamRule, tcpListener } from '../l4/l4.test-support.ts';
import { Authority, tlsTo } from './authority.test-support.ts';

const HOST = 'abc.example.com';
const OURS = await Authority.create('ours');
const OTHERS = await Authority.create('others');
const PAIR = await OURS.issue({ dns: [HOST] });

describe('TLS to an endpoint that wants the PROXY protocol', () => {
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

  /** Reads the header first, then speaks TLS with the rest. `greetings`: a header for each connection. */
  async function serve(onSecure: (socket: TLSSocket) => void, greetings: ProxyHeader[]): Promise<number> {
    const tls = createTls({ ...PAIR, ALPNProtocols: ['h2', 'http/1.1'] }, onSecure);
    tls.on('tlsClientError', () => {});
    return bed.serve(socket => {
      void greetingOf(socket).then(greeting => {
        greetings.push(greeting);
        tls.emit('connection', socket);
      });
    });
  }

  const handshakes = (result: string): number =>
    gateway.metric('daemun_upstream_tls_handshakes_total', { cluster: 'main', result });

  for (const version of ['v1', 'v2'] as const) {
    it(`says whose a stream is in cleartext, by ${version}, and the stream in TLS`, async () => {
      const greetings: ProxyHeader[] = [];
      const port = await serve(socket => socket.pipe(socket), greetings);
      await gateway.apply({
        listeners: [tcpListener(streamRule('r', { main: 1 }))],
        clusters: { main: [port] },
        clusterChanges: { protocol: 'tcp', proxyProtocol: version, tls: tlsTo(HOST, OURS) },
        trustBundles: [OURS.bundle],
      });
      const client = await bed.dial(gateway.port);
      client.write('hello');
      assert.equal(await readText(client, 5), 'hello');
      const source = { address: '127.0.0.1', port: client.localPort };
      const destination = { address: '127.0.0.1', port: gateway.port };
      assert.deepEqual(greetings, [{ kind: 'proxied', source, destination }]);
      assert.equal(handshakes('ok'), 1);
      client.end();
      await once(client, 'close');
    });
  }

  const tell = (_request: IncomingMessage, response: ServerResponse): void => void response.end('answered');
  const http1 = createHttp1(tell);
  const http2 = createHttp2((request, response) => tell(request as never, response as never));
  for (const [protocol, server] of [
    ['h1', http1],
    ['h2', http2],
  ] as const) {
    it(`says of connections of ${protocol} once that they are its own`, async () => {
      const greetings: ProxyHeader[] = [];
      const port = await serve(socket => server.emit('connection', socket), greetings);
      await route(protocol, port);
      for (let at = 0; at < 3; at++) assert.deepEqual(await ask(), [200, 'answered']);
      assert.deepEqual(greetings, [{ kind: 'local' }]);
      assert.equal(handshakes('ok'), 1);
    });
  }

  it('sends nothing to an endpoint whose certificate is of another authority', async () => {
    const said: Buffer[] = [];
    const port = await serve(socket => socket.on('data', bytes => said.push(bytes)), []);
    await route('h1', port, OTHERS);
    assert.equal((await ask())[0], 503);
    assert.ok(handshakes('failed') > 0);
    assert.deepEqual(said, []);
  });

  it('answers for an endpoint that nobody listens at', async () => {
    await route('h1', await bed.deadPort());
    assert.equal((await ask())[0], 503);
  });

  it('answers for an endpoint that resets the connection when it has the greeting', async () => {
    const port = await bed.serve(socket => socket.once('data', () => socket.resetAndDestroy()));
    await route('h1', port);
    assert.equal((await ask())[0], 503);
  });

  it('leaves no connection open at an endpoint that says nothing', async () => {
    const gone = Promise.withResolvers<void>();
    const port = await bed.serve(socket => socket.resume().once('close', gone.resolve).once('end', gone.resolve));
    await route('h1', port, OURS, 50);
    assert.equal((await ask())[0], 503);
    await gone.promise;
  });

  async function route(protocol: 'h1' | 'h2', port: number, trusted = OURS, connectTimeoutMs = 5_000): Promise<void> {
    await gateway.apply({
      listeners: [httpListener('l', { '/': 'main' })],
      clusters: { main: [port] },
      clusterChanges: { protocol, proxyProtocol: 'v1', tls: tlsTo(HOST, trusted), connectTimeoutMs },
      trustBundles: [OURS.bundle, OTHERS.bundle],
    });
  }

  async function ask(): Promise<readonly [number, string]> {
    const response = await fetch(`http://127.0.0.1:${gateway.port}/x`);
    return [response.status, await response.text()];
  }
});

/** The header of a connection, of either version; what follows stays in the socket. */
async function greetingOf(socket: Socket): Promise<ProxyHeader> {
  let bytes = Buffer.alloc(0);
  for (;;) {
    const read = readProxyHeader(bytes);
    if (read.kind === 'read') {
      socket.pause();
      if (read.length < bytes.length) socket.unshift(bytes.subarray(read.length));
      return read.header;
    }
    assert.equal(read.kind, 'incomplete');
    bytes = Buffer.concat([bytes, ((await once(socket, 'data')) as [Buffer])[0]]);
  }
}
