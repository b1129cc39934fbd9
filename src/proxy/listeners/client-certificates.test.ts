// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { ClientValidation, Listener } from '../../snapshot/index.ts';
import { until } from '../../time/until.test-support.ts';
import { listener, rule, TestGateway } from '../http/gateway.test-support.ts';
import { StreamBed, streamRule, tlsListener } from '../l4/l4.test-support.ts';
import { Authority, type Pair } from '../upstream/authority.test-support.ts';
import { certificate } from './certificate.test-support.ts';

const OURS = await Authority.create('ours');
const OTHERS = await Authority.create('others');
const CLIENT = await OURS.issue({ dns: ['client'] });
const EXPIRED = await OURS.issue({ dns: ['client'], endsInDays: -1 });
/** Two authorities of one name: what one signed seems to be the other's until the signature is looked at. */
const RSA = await Authority.create('rsa', 'rsa');
const FORGED = await (await Authority.create('rsa', 'rsa')).issue({ dns: ['client'] });
const FOREIGN = await OTHERS.issue({ dns: ['client'] });
const SERVER = await certificate('server', ['a.example.com', 'b.example.com']);
/** Node puts this and the server's name before a session, and does not show it to another name. An attacker would. */
const NODE_PREFIX = Buffer.from('\0nodejs:tls:session:1\0');

type Version = 'TLSv1.2' | 'TLSv1.3';
type Asked = ClientValidation['certificate'] | null;

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup();
});

/** A listener whose answer to every call is its name. */
function tls(name: string, asked: Asked, authority: Authority = OURS): Listener {
  const fault = { httpStatus: 503, grpcStatus: 14, message: name, reason: 'no_backend' };
  const clients = asked === null ? null : { bundle: authority.bundle.id, certificate: asked, isForwarded: false };
  const hostname = `${name}.example.com`;
  return listener(name, [rule(name, [], { fault })], { hostname, tls: { certificates: ['server'], clients } });
}

async function serve(...listeners: readonly Listener[]): Promise<TestGateway> {
  const gateway = new TestGateway();
  cleanups.push(() => gateway.close());
  await apply(gateway, listeners);
  return gateway;
}

function apply(gateway: TestGateway, listeners: readonly Listener[], bundles = [OURS, OTHERS, RSA]): Promise<void> {
  const trustBundles = bundles.map(({ bundle }) => bundle);
  return gateway.apply({ listeners, certificates: [SERVER], trustBundles, clusters: {} });
}

interface Dialled {
  readonly name?: string;
  readonly version?: Version;
  readonly pair?: Pair | undefined;
  readonly session?: Buffer;
  readonly ciphers?: string;
}

async function dial(gateway: TestGateway, { name = 'a', version = 'TLSv1.3', pair, session, ciphers }: Dialled) {
  const raw = connect({ port: gateway.port, host: '127.0.0.1' });
  const socket = connectTls({
    socket: raw,
    servername: `${name}.example.com`,
    ALPNProtocols: ['h2'],
    rejectUnauthorized: false,
    ...(ciphers === undefined ? {} : { ciphers }),
    minVersion: version,
    maxVersion: version,
    ...pair,
    ...(session === undefined ? {} : { session }),
  });
  cleanups.push(() => socket.destroy());
  socket.on('error', () => {});
  const sessions: Buffer[] = [];
  socket.on('session', one => sessions.push(bareSession(one)));
  return { raw, socket, sessions, http: sessionOn(socket, name) };
}

function bareSession(session: Buffer): Buffer {
  if (!session.subarray(0, NODE_PREFIX.length).equals(NODE_PREFIX)) return session;
  return session.subarray(NODE_PREFIX.length + 2 + session.readUInt16BE(NODE_PREFIX.length));
}

const FAULT = { httpStatus: 503, grpcStatus: 14, message: 'a', reason: 'no_backend' } as const;

/** Two requests of clients that go on whatever they are told, and whether there is the head of an answer in what they get. */
const RAW = {
  'HTTP/1.1': {
    alpn: 'http/1.1',
    asks: Array.from({ length: 2 }, () => 'POST /a.B/C HTTP/1.1\r\nhost: a.example.com\r\ncontent-length: 0\r\n\r\n'),
    isAnswer: (heard: Buffer) => heard.includes('HTTP/1.1 '),
  },
  'HTTP/2': {
    alpn: 'h2',
    asks: [
      Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(4, 0, 0, ''), headFrame(1)]),
      headFrame(3),
    ],
    isAnswer: (heard: Buffer) => {
      for (let at = 0; at + 9 <= heard.length; at += 9 + heard.readUIntBE(at, 3)) if (heard[at + 3] === 1) return true;
      return false;
    },
  },
} as const;

function frame(type: number, flags: number, id: number, payload: string): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(id, 5);
  return Buffer.concat([head, Buffer.from(payload, 'latin1')]);
}

/** A whole request: HEADERS with literal fields (RFC 7541 §6.2.2). */
function headFrame(id: number): Buffer {
  const fields = { ':method': 'POST', ':scheme': 'https', ':path': '/a.B/C', ':authority': 'a.example.com' };
  const said = (text: string): string => String.fromCharCode(text.length) + text;
  const block = Object.entries({ ...fields, 'content-type': 'application/grpc', te: 'trailers' });
  return frame(1, 5, id, block.map(([name, value]) => `\0${said(name)}${said(value)}`).join(''));
}

/** It has accepted a connection. */
async function gatewayKnows(gateway: TestGateway): Promise<void> {
  await until(() => gateway.metric('daemun_downstream_connections_total') > 0);
}

/** The listener that answers a call; 'closed' when the connection ends instead. */
function ask(session: ClientHttp2Session): Promise<string> {
  return new Promise(resolve => {
    const stream = session.request({ ':method': 'POST', ':path': '/a.B/C', 'content-type': 'application/grpc' });
    stream.on('response', headers => resolve(String(headers['grpc-message'])));
    stream.on('error', () => {});
    stream.on('close', () => resolve('closed'));
    stream.end();
    stream.resume();
  });
}

function sessionOn(socket: TLSSocket, name: string): ClientHttp2Session {
  const session = connectHttp2(`https://${name}.example.com`, { createConnection: () => socket });
  session.on('error', () => {});
  cleanups.push(() => session.destroy());
  return session;
}

/** Who answers a client with `pair`. */
async function reach(gateway: TestGateway, how: Dialled): Promise<string> {
  const { http } = await dial(gateway, how);
  return ask(http);
}

describe('a listener that asks clients for a certificate', () => {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    describe(`with ${version}`, () => {
      it('lets in whom its authority vouches for, and nobody else', async () => {
        const gateway = await serve(tls('a', 'required'));
        assert.equal(await reach(gateway, { version, pair: CLIENT }), 'a');
        for (const pair of [FOREIGN, EXPIRED, undefined])
          assert.equal(await reach(gateway, { version, pair }), 'closed');
        assert.equal(gateway.metric('daemun_tls_handshakes_total', { result: 'unproven' }), 3);
        assert.equal(gateway.metric('daemun_downstream_connections_total'), 4);
      });

      it('tells who wants to know what is wrong with a certificate, or why else there is no TLS', async () => {
        const gateway = await serve(tls('a', 'required'));
        gateway.runtime.setDebug(true);
        const failures = (): unknown[] =>
          gateway.debugLines.flatMap(({ message, ...fields }) => (message === 'TLS handshake failed' ? [fields] : []));
        const about = { client: '127.0.0.1', listener: 'default/gw/a', serverName: 'a.example.com' };
        for (const [how, result, error] of [
          [{ pair: EXPIRED }, 'unproven', 'certificate has expired'],
          [{ pair: FOREIGN }, 'unproven', 'unable to get local issuer certificate'],
          [{}, 'unproven', 'peer did not return a certificate'],
          [{ version: 'TLSv1.2', ciphers: 'AES128-SHA' }, 'failed', 'no shared cipher'],
        ] as const) {
          gateway.debugLines.length = 0;
          await reach(gateway, { version, ...how });
          await until(() => failures().length > 0);
          assert.partialDeepStrictEqual(failures(), [{ ...about, result }]);
          assert.match(JSON.stringify(failures()), new RegExp(error));
        }
      });

      it('lets everybody in who need not show one, and asks nobody on the next listener', async () => {
        const gateway = await serve(tls('a', 'wanted'), tls('b', null));
        for (const pair of [CLIENT, FOREIGN, EXPIRED, undefined])
          for (const name of ['a', 'b']) assert.equal(await reach(gateway, { version, name, pair }), name);
      });

      it('lets in whose signature fails, where need be, and takes what else they send for what it is', async () => {
        const gateway = await serve(tls('a', 'wanted', RSA), tls('b', 'required', RSA));
        const { http, raw, socket } = await dial(gateway, { version, pair: FORGED });
        assert.equal(await ask(http), 'a');
        assert.equal(await ask(http), 'a');
        const told = once(socket, 'error');
        // Below TLS, where no record begins like this.
        raw.write('x'.repeat(64));
        assert.match(String((await told)[0]), /alert/);
        assert.equal(await reach(gateway, { version, name: 'b', pair: FORGED }), 'closed');
      });

      it('resumes the sessions of those whom it let in', async () => {
        const gateway = await serve(tls('a', 'required'));
        const first = await dial(gateway, { version, pair: CLIENT });
        assert.equal(await ask(first.http), 'a');
        const [session] = first.sessions;
        assert.ok(session);
        const again = await dial(gateway, { version, session });
        assert.equal(await ask(again.http), 'a');
        assert.equal(again.socket.isSessionReused(), true);
      });

      it('lets nobody in by a session that was begun without what it asks for', async () => {
        const gateway = await serve(tls('a', 'required'), tls('b', 'wanted'));
        const attempts: Dialled[] = [
          // A ticket may come before the verdict: it must be worth as little as what it stands for.
          { version, name: 'a', pair: FOREIGN },
          { version, name: 'b', pair: FOREIGN },
          { version, name: 'b' },
        ];
        for (const attempt of attempts) {
          const { http, sessions } = await dial(gateway, attempt);
          await ask(http);
          if (attempt.name === 'b') assert.ok(sessions.length > 0);
          for (const session of sessions)
            for (const pair of [attempt.pair, undefined])
              assert.equal(await reach(gateway, { version, name: 'a', pair, session }), 'closed');
        }
      });

      it('forgets sessions with the authority', async () => {
        const gateway = await serve(tls('a', 'required'));
        const { http, sessions } = await dial(gateway, { version, pair: CLIENT });
        await ask(http);
        await apply(gateway, [tls('a', 'required', OTHERS)]);
        const [session] = sessions;
        assert.ok(session);
        assert.equal(await reach(gateway, { version, pair: CLIENT, session }), 'closed');
        assert.equal(await reach(gateway, { version, pair: FOREIGN }), 'a');
      });
    });
  }

  it('wants to be shown a certificate anew when it asks for another one, or begins to, and disturbs nobody else', async () => {
    const gateway = await serve(tls('a', null), tls('b', 'required'));
    const [open, proven] = [await dial(gateway, {}), await dial(gateway, { name: 'b', pair: CLIENT })];
    assert.equal(await ask(open.http), 'a');
    assert.equal(await ask(proven.http), 'b');
    const told = once(open.http, 'goaway');
    await apply(gateway, [tls('a', 'required'), tls('b', 'required')]);
    await told;
    assert.equal(await ask(proven.http), 'b');
    const toldToo = once(proven.http, 'goaway');
    await apply(gateway, [tls('a', 'required'), tls('b', 'required', OTHERS)]);
    await toldToo;
  });

  for (const [version, { alpn, asks, isAnswer }] of Object.entries(RAW)) {
    it(`serves nobody by ${version} from the moment that it, or TLS, asks, whatever was on its way`, async () => {
      for (const asked of ['TLS', 'a certificate']) {
        const before = asked === 'TLS' ? listener('a', [rule('a', [], { fault: FAULT })]) : tls('a', null);
        const gateway = await serve(before);
        const raw = connect({ port: gateway.port, host: '127.0.0.1' });
        const secure = { socket: raw, servername: 'a.example.com', ALPNProtocols: [alpn], rejectUnauthorized: false };
        const socket = asked === 'TLS' ? raw : connectTls(secure);
        cleanups.push(() => raw.destroy());
        socket.on('error', () => {});
        let heard = Buffer.alloc(0);
        const answered = Promise.withResolvers<void>();
        socket.on('data', chunk => {
          heard = Buffer.concat([heard, chunk]);
          if (isAnswer(heard)) answered.resolve();
        });
        socket.write(asks[0]);
        await answered.promise;
        heard = Buffer.alloc(0);
        await apply(gateway, [tls('a', 'required')]);
        socket.write(asks[1]);
        await once(socket, 'close');
        assert.equal(isAnswer(heard), false, asked);
      }
    });
  }

  it('lets in nobody who was silent while it, or TLS, began to be asked for', async () => {
    for (const asked of ['TLS', 'a certificate']) {
      const gateway = await serve(asked === 'TLS' ? listener('a', []) : tls('a', null));
      const raw = connect({ port: gateway.port, host: '127.0.0.1' });
      // Without ALPN the first bytes say what is spoken, as they do in cleartext.
      const socket =
        asked === 'TLS' ? raw : connectTls({ socket: raw, servername: 'a.example.com', rejectUnauthorized: false });
      cleanups.push(() => raw.destroy());
      // The server's side is done, too, when it gives out tickets.
      await (asked === 'TLS' ? gatewayKnows(gateway) : once(socket, 'session'));
      // Node sends nothing of what is written while it tells of a ticket.
      await new Promise(setImmediate);
      await apply(gateway, [{ ...tls('a', 'required'), hostname: '*' } as Listener]);
      const text: string[] = [];
      socket.on('data', chunk => text.push(String(chunk)));
      socket.on('error', () => {});
      socket.write('GET / HTTP/1.1\r\nhost: a.example.com\r\n\r\n');
      await once(socket, 'close');
      assert.deepEqual(text, [], asked);
    }
  });

  it('asks those whose bytes are passed on, too, before a backend hears of them', async () => {
    const gateway = new TestGateway();
    const bed = new StreamBed();
    cleanups.push(
      () => gateway.close(),
      () => bed.close(),
    );
    let heard = 0;
    const port = await bed.serve(socket => {
      heard++;
      socket.end('hello');
    });
    const listening = tlsListener('a', '*', [{ hostname: '*', rule: streamRule('r', { main: 1 }) }], SERVER);
    const clients: ClientValidation = { bundle: OURS.bundle.id, certificate: 'required', isForwarded: false };
    await gateway.apply({
      listeners: [{ ...listening, tls: { certificates: [SERVER.id], clients } }],
      certificates: [SERVER],
      trustBundles: [OURS.bundle],
      clusters: { main: [port] },
      clusterChanges: { protocol: 'tcp' },
    });
    const said = async (pair: Pair | undefined): Promise<string> => {
      const socket = connectTls({ port: gateway.port, host: '127.0.0.1', rejectUnauthorized: false, ...pair });
      cleanups.push(() => socket.destroy());
      socket.on('error', () => {});
      let text = '';
      socket.on('data', chunk => {
        text += String(chunk);
      });
      await new Promise(resolve => socket.on('close', resolve));
      return text;
    };
    assert.equal(await said(FOREIGN), '');
    assert.equal(await said(undefined), '');
    assert.equal(heard, 0);
    assert.equal(await said(CLIENT), 'hello');
  });

  it('lets nobody in whose authorities are not there', async () => {
    const gateway = await serve();
    await apply(gateway, [tls('a', 'wanted')], []);
    assert.equal(await reach(gateway, { pair: CLIENT }), 'closed');
    assert.equal(gateway.metric('daemun_tls_handshakes_total', { result: 'no_certificate' }), 1);
  });
});
