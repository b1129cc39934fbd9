// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createTcp, type Socket } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import type { TLSSocket, TlsOptions } from 'node:tls';
import type { BackendTls } from '../../snapshot/index.ts';
import { Authority, certificateOf, type Pair, tlsTo } from '../upstream/authority.test-support.ts';
import { VirtualClock } from '../virtual-clock.test-support.ts';
import { httpListener, TestGateway } from './gateway.test-support.ts';
import { HttpClient, HttpServer, type Outcome, VERSIONS } from './http-peers.test-support.ts';

const HOST = 'abc.example.com';
const OURS = await Authority.create('ours');
const OTHERS = await Authority.create('others');
const PAIR = await OURS.issue({ dns: [HOST, 'other.example.com'], uris: ['spiffe://example.com/a'] });
const EXPIRED = await OURS.issue({ dns: [HOST], endsInDays: -1 });
const FOREIGN = await OTHERS.issue({ dns: [HOST] });
const CLIENT = await OURS.issue({ dns: ['gateway'] });

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup();
});

/** Says what the connection is. */
function tell(request: IncomingMessage, response: ServerResponse): void {
  const socket = request.socket as TLSSocket & { servername?: string };
  const session = socket.getProtocol === undefined ? '' : String(socket.getProtocol());
  const client = socket.getPeerCertificate?.().subject?.CN ?? 'nobody';
  response.setHeader('x-tls', `${session} ${socket.servername} ${client} ${socket.isSessionReused?.()}`);
  response.end(`version ${request.httpVersion}`);
}

interface Parts {
  readonly tls: BackendTls;
  readonly bundles?: readonly Authority[];
  readonly clientPair?: Pair;
  readonly version?: (typeof VERSIONS)[number];
}

class Bed {
  readonly gateway: TestGateway;
  readonly port: number;

  constructor(port: number, clock?: VirtualClock) {
    this.gateway = new TestGateway({ accessLog: true }, undefined, clock);
    this.port = port;
    cleanups.push(() => this.gateway.close());
  }

  static async start(options: TlsOptions, version: (typeof VERSIONS)[number] = 'HTTP/1.1'): Promise<Bed> {
    const server = await HttpServer.start(version, tell, options);
    cleanups.push(() => server.close());
    return new Bed(server.port);
  }

  async apply({ tls, bundles = [OURS, OTHERS], clientPair, version = 'HTTP/1.1' }: Parts): Promise<void> {
    await this.gateway.apply({
      listeners: [httpListener('all', { '/': 'main' })],
      clusters: { main: [this.port] },
      clusterChanges: { protocol: version === 'HTTP/2' ? 'h2' : 'h1', tls },
      certificates: clientPair === undefined ? [] : [certificateOf('default/client@1', clientPair)],
      trustBundles: bundles.map(({ bundle }) => bundle),
    });
  }

  async ask(): Promise<Outcome> {
    const client = new HttpClient('HTTP/1.1', this.gateway.port);
    try {
      return await client.ask({ method: 'GET', path: '/' });
    } finally {
      client.close();
    }
  }

  handshakes(result: string): number {
    return this.gateway.metric('daemun_upstream_tls_handshakes_total', { cluster: 'main', result });
  }
}

describe('TLS to endpoints', () => {
  for (const version of VERSIONS) {
    it(`carries ${version}, with the server name of the cluster, over connections that are kept`, async () => {
      const bed = await Bed.start(PAIR, version);
      await bed.apply({ tls: tlsTo(HOST, OURS), version });
      for (let i = 0; i < 3; i += 1) {
        const { status, body, headers } = await bed.ask();
        assert.deepEqual([status, body], [200, `version ${version === 'HTTP/2' ? '2.0' : '1.1'}`]);
        assert.match(String(headers['x-tls']), /^TLSv1.3 abc\.example\.com /);
      }
      assert.equal(bed.handshakes('ok'), 1);
    });

    it(`shows the client certificate over ${version} to those who ask for it`, async () => {
      const asking = { ...PAIR, requestCert: true, rejectUnauthorized: true, ca: [...OURS.bundle.pem] };
      const bed = await Bed.start(asking, version);
      const tls = tlsTo(HOST, OURS, { clientCertificate: 'default/client@1' });
      await bed.apply({ tls, clientPair: CLIENT, version });
      const { status, headers } = await bed.ask();
      assert.equal(status, 200);
      assert.match(String(headers['x-tls']), / backend /);
    });
  }

  it('carries TLS 1.2', async () => {
    const bed = await Bed.start({ ...PAIR, maxVersion: 'TLSv1.2' });
    await bed.apply({ tls: tlsTo(HOST, OURS) });
    const { status, headers } = await bed.ask();
    assert.equal(status, 200);
    assert.match(String(headers['x-tls']), /^TLSv1.2 /);
  });

  it('looks at the alternative names alone that are wanted', async () => {
    const bed = await Bed.start(PAIR);
    for (const [identities, expected] of [
      [[{ kind: 'uri', uri: 'spiffe://example.com/a' }], 200],
      [[{ kind: 'uri', uri: 'spiffe://example.com/b' }], 503],
      [[{ kind: 'hostname', hostname: 'other.example.com' }], 200],
      [[{ kind: 'hostname', hostname: 'third.example.com' }], 503],
      [
        [
          { kind: 'uri', uri: 'spiffe://example.com/b' },
          { kind: 'hostname', hostname: 'other.example.com' },
        ],
        200,
      ],
    ] as const) {
      await bed.apply({ tls: tlsTo(HOST, OURS, { identities }) });
      const { status, body } = await bed.ask();
      assert.equal(status, expected, JSON.stringify(identities));
      if (expected === 503) assert.match(body, /no TLS with the backend: its certificate is for other names/);
    }
  });

  for (const [what, options, tls, reason] of [
    ['another name', PAIR, tlsTo('wrong.example.com', OURS), 'its certificate is for other names'],
    ['another authority', FOREIGN, tlsTo(HOST, OURS), 'its certificate comes from no authority that is trusted'],
    ['an expired certificate', EXPIRED, tlsTo(HOST, OURS), 'its certificate, or one of its issuers, has expired'],
    [
      'no authority of the system',
      PAIR,
      tlsTo(HOST, OURS, { trust: { kind: 'system' } }),
      'its certificate comes from no authority that is trusted',
    ],
    [
      'an old version',
      { ...PAIR, minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' },
      tlsTo(HOST, OURS),
      'it speaks no version of TLS from 1.2 on',
    ],
  ] as const) {
    it(`sends nothing to an endpoint with ${what}`, async () => {
      const bed = await Bed.start(options as TlsOptions);
      await bed.apply({ tls });
      const { status, body } = await bed.ask();
      assert.equal(status, 503);
      assert.ok(body.includes(`no TLS with the backend: ${reason}`), body);
      assert.equal(bed.handshakes('ok'), 0);
      assert.ok(bed.handshakes('failed') > 0);
      bed.gateway.runtime.close();
      assert.match(bed.gateway.accessLog, /"tls_failure"/);
    });
  }

  it('sends nothing to a port that speaks cleartext', async () => {
    const heard: Buffer[] = [];
    const server = createTcp(socket => {
      socket
        .on('error', () => {})
        .on('data', chunk => {
          heard.push(chunk);
          socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
        });
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => server.close());
    const address = server.address();
    const bed = new Bed(typeof address === 'object' && address !== null ? address.port : 0);
    await bed.apply({ tls: tlsTo(HOST, OURS) });
    const { status, body } = await bed.ask();
    assert.equal(status, 503);
    assert.match(body, /no TLS with the backend: it does not speak TLS/);
    assert.ok(!Buffer.concat(heard).toString('latin1').includes('GET /'));
  });

  it('does not wait longer for a handshake than for a connection', async () => {
    const clock = new VirtualClock();
    // The handshake has begun.
    const server = createTcp(socket => socket.on('error', () => {}).once('data', () => clock.advance(50)));
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => server.close());
    const address = server.address();
    const bed = new Bed(typeof address === 'object' && address !== null ? address.port : 0, clock);
    await bed.gateway.apply({
      listeners: [httpListener('all', { '/': 'main' })],
      clusters: { main: [bed.port] },
      clusterChanges: { protocol: 'h1', tls: tlsTo(HOST, OURS), connectTimeoutMs: 50 },
      trustBundles: [OURS.bundle],
    });
    const { status, body } = await bed.ask();
    assert.equal(status, 503);
    assert.match(body, /no TLS with the backend within 50 ms/);
  });

  it('resumes sessions with the endpoint that gave them, and none that another trust made', async () => {
    const bed = await Bed.start({ ...PAIR });
    // Connections are not kept: each request takes a new one.
    const tls = tlsTo(HOST, OURS);
    await bed.apply({ tls });
    await bed.ask();
    const ask = (): Promise<Outcome[]> => Promise.all([bed.ask(), bed.ask(), bed.ask()]);
    await ask();
    assert.ok(bed.handshakes('resumed') > 0);
    const before = bed.handshakes('resumed');
    await bed.apply({ tls: tlsTo(HOST, OURS, { trust: { kind: 'bundle', bundle: OTHERS.bundle.id } }) });
    const { status } = await bed.ask();
    assert.equal(status, 503);
    assert.equal(bed.handshakes('resumed'), before);
    await bed.apply({ tls });
    assert.equal((await bed.ask()).status, 200);
  });

  it('uses a rotated client certificate for new streams, and cuts none that is open', async () => {
    const second = await OTHERS.issue({ dns: ['second'] });
    let release = (): void => {};
    const server = await HttpServer.start(
      'HTTP/1.1',
      (request, response) => {
        const socket = request.socket as TLSSocket;
        response.setHeader('x-issuer', String(socket.getPeerCertificate().issuer?.CN));
        if (request.url !== '/slow') {
          response.end('fast');
          return;
        }
        response.write('slow ');
        release = () => response.end('end');
      },
      { ...PAIR, requestCert: true, rejectUnauthorized: false },
    );
    cleanups.push(() => server.close());
    const bed = new Bed(server.port);
    const apply = async (id: string, pair: Pair): Promise<void> =>
      bed.gateway.apply({
        listeners: [httpListener('all', { '/': 'main' })],
        clusters: { main: [server.port] },
        clusterChanges: { protocol: 'h1', tls: tlsTo(HOST, OURS, { clientCertificate: id }) },
        certificates: [certificateOf(id, pair)],
        trustBundles: [OURS.bundle],
      });
    await apply('default/client@1', CLIENT);
    const client = new HttpClient('HTTP/1.1', bed.gateway.port);
    cleanups.push(() => client.close());
    let arrived = (): void => {};
    const begun = new Promise<void>(resolve => {
      arrived = resolve;
    });
    const slow = client.ask({ method: 'GET', path: '/slow', onHead: () => arrived() });
    await begun;
    await apply('default/client@2', second);
    assert.equal((await bed.ask()).headers['x-issuer'], 'others');
    release();
    const { body, headers } = await slow;
    assert.deepEqual([body, headers['x-issuer']], ['slow end', 'ours']);
  });

  /** What a hostile endpoint does with a connection, once it has the ClientHello. */
  const HOSTILE: Readonly<Record<string, (socket: Socket) => void>> = {
    'answers with garbage': socket => void socket.end(Buffer.alloc(1_000_000, 7)),
    'sends part of a record': socket => void socket.write(Buffer.from([22, 3, 3, 64, 0, 2, 0])),
    'ends its side': socket => void socket.end(),
    resets: socket => void socket.resetAndDestroy(),
  };
  for (const [what, act] of Object.entries(HOSTILE)) {
    it(`lose nothing to an endpoint that ${what} in the handshake`, async () => {
      const good = await HttpServer.start('HTTP/1.1', tell, PAIR);
      cleanups.push(() => good.close());
      const sockets = new Set<Socket>();
      const begun = Promise.withResolvers<void>();
      const hostile = createTcp(socket => {
        sockets.add(socket.on('error', () => {}));
        socket.once('data', () => {
          act(socket);
          begun.resolve();
        });
      });
      await new Promise<void>(resolve => hostile.listen(0, '127.0.0.1', resolve));
      cleanups.push(() => {
        hostile.close();
        for (const socket of sockets) socket.destroy();
      });
      const address = hostile.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const clock = new VirtualClock();
      const bed = new Bed(good.port, clock);
      await bed.gateway.apply({
        listeners: [httpListener('all', { '/bad': 'bad', '/': 'main' })],
        clusters: { bad: [port], main: [bed.port] },
        clusterChanges: { protocol: 'h1', tls: tlsTo(HOST, OURS), connectTimeoutMs: 200 },
        trustBundles: [OURS.bundle],
      });
      const client = new HttpClient('HTTP/1.1', bed.gateway.port);
      cleanups.push(() => client.close());
      const lost = client.ask({ method: 'GET', path: '/bad' });
      assert.equal((await bed.ask()).status, 200);
      await begun.promise;
      // The others are found out, however long it takes.
      if (what === 'sends part of a record') clock.advance(200);
      const { status, body } = await lost;
      assert.equal(status, 503);
      assert.match(body, /no TLS with the backend/);
    });
  }

  it('is there again as soon as the trust is mended', async () => {
    const bed = await Bed.start(PAIR);
    const tls = tlsTo(HOST, OURS);
    await bed.apply({ tls: { ...tls, trust: { kind: 'bundle', bundle: OTHERS.bundle.id } } });
    for (let i = 0; i < 5; i += 1) assert.equal((await bed.ask()).status, 503);
    await bed.apply({ tls });
    assert.equal((await bed.ask()).status, 200);
  });
});
