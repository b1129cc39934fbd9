// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Certificate, Listener } from '../../snapshot/index.ts';
import { listener, rule, TestGateway } from '../http/gateway.test-support.ts';
import { certificate } from './certificate.test-support.ts';

const A = await certificate('a', ['a.example.com']);
const B = await certificate('b', ['b.example.com']);
const BOTH = await certificate('both', ['a.example.com', 'b.example.com']);
/** Node puts this and the server's name before a session, and does not show it to another name. An attacker would. */
const NODE_PREFIX = Buffer.from('\0nodejs:tls:session:1\0');

type Version = 'TLSv1.2' | 'TLSv1.3';

function bareSession(session: Buffer): Buffer {
  if (!session.subarray(0, NODE_PREFIX.length).equals(NODE_PREFIX)) return session;
  return session.subarray(NODE_PREFIX.length + 2 + session.readUInt16BE(NODE_PREFIX.length));
}

/** A listener whose answer to every call is its name. */
function tls(name: string, hostname: string, certificates: readonly string[]): Listener {
  const fault = { httpStatus: 503, grpcStatus: 14, message: name, reason: 'no_backend' };
  return listener(name, [rule(name, [], { fault })], { hostname, tls: { certificates, clients: null } });
}

describe('TLS sessions', () => {
  const ticketSecrets = { current: randomBytes(32), others: [] };
  let gateway: TestGateway;
  const sessions: ClientHttp2Session[] = [];

  beforeEach(() => {
    gateway = new TestGateway({ ticketSecrets });
  });
  afterEach(() => {
    for (const session of sessions.splice(0)) session.destroy();
    gateway.close();
  });

  const apply = (listeners: readonly Listener[], certificates: readonly Certificate[] = [A, B, BOTH], to = gateway) =>
    to.apply({ listeners, certificates, clusters: {} });

  async function dial(name: string, version: Version, session?: Buffer, to = gateway): Promise<TLSSocket> {
    const socket = connectTls({
      port: to.port,
      host: '127.0.0.1',
      servername: name,
      ALPNProtocols: ['h2'],
      rejectUnauthorized: false,
      minVersion: version,
      maxVersion: version,
      ...(session === undefined ? {} : { session }),
    });
    await once(socket, 'secureConnect');
    return socket;
  }

  /** The name of the listener that answers on a connection. */
  async function listenerBehind(socket: TLSSocket, authority: string): Promise<unknown> {
    const session = connectHttp2(`https://${authority}`, { createConnection: () => socket });
    sessions.push(session);
    const fields = { ':method': 'POST', ':path': '/a.B/C', 'content-type': 'application/grpc' };
    const stream = session.request(fields, { endStream: true });
    stream.resume();
    const [headers] = await once(stream, 'response');
    return headers['grpc-message'] ?? headers[':status'];
  }

  async function sessionOf(name: string, version: Version, to = gateway): Promise<Buffer> {
    const socket = connectTls({
      port: to.port,
      host: '127.0.0.1',
      servername: name,
      ALPNProtocols: ['h2'],
      rejectUnauthorized: false,
      minVersion: version,
      maxVersion: version,
    });
    const [session] = await once(socket, 'session');
    socket.destroy();
    return bareSession(session);
  }

  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    describe(`with ${version}`, () => {
      it('are resumed on the listener that they are of, beside one that takes every name', async () => {
        await apply([tls('any', '*', ['both']), tls('a', 'a.example.com', ['both'])]);
        const again = await dial('a.example.com', version, await sessionOf('a.example.com', version));
        assert.equal(again.isSessionReused(), true);
        assert.equal(await listenerBehind(again, 'a.example.com'), 'a');
        assert.equal(gateway.metric('daemun_tls_handshakes_total', { result: 'resumed' }), 1);
      });

      it('are not taken under the name of another listener, even with the same certificate', async () => {
        await apply([tls('a', 'a.example.com', ['both']), tls('b', 'b.example.com', ['both'])]);
        const other = await dial('b.example.com', version, await sessionOf('a.example.com', version));
        assert.equal(other.isSessionReused(), false);
        assert.equal(await listenerBehind(other, 'b.example.com'), 'b');
      });

      it('end with the certificate', async () => {
        await apply([tls('a', 'a.example.com', ['a'])]);
        const session = await sessionOf('a.example.com', version);
        await apply([tls('a', 'a.example.com', ['both'])]);
        const after = await dial('a.example.com', version, session);
        assert.equal(after.isSessionReused(), false);
        assert.equal(after.getPeerCertificate().subject.CN, 'both');
        after.destroy();
      });

      it('survive a change of routes', async () => {
        await apply([tls('a', 'a.example.com', ['a'])]);
        const session = await sessionOf('a.example.com', version);
        await apply([tls('a', 'a.example.com', ['a']), tls('b', 'b.example.com', ['b'])]);
        const after = await dial('a.example.com', version, session);
        assert.equal(after.isSessionReused(), true);
        after.destroy();
      });

      it('are resumed after one rotation of the ticket keys, not after two', async () => {
        await apply([tls('a', 'a.example.com', ['a'])]);
        const session = await sessionOf('a.example.com', version);
        const next = { current: randomBytes(32), others: [ticketSecrets.current] };
        gateway.runtime.rotateTickets(next);
        const young = await sessionOf('a.example.com', version);
        const once = await dial('a.example.com', version, session);
        gateway.runtime.rotateTickets({ current: randomBytes(32), others: [next.current] });
        const twice = await dial('a.example.com', version, session);
        const stillYoung = await dial('a.example.com', version, young);
        assert.deepEqual(
          [once, twice, stillYoung].map(socket => socket.isSessionReused()),
          [true, false, true],
        );
        for (const socket of [once, twice, stillYoung]) socket.destroy();
      });

      it('are resumed by every worker with the same secrets, also by one that began after a rotation', async () => {
        const rotated = { current: randomBytes(32), others: [ticketSecrets.current] };
        const settings = [{ ticketSecrets }, { ticketSecrets: rotated }, {}];
        await apply([tls('a', 'a.example.com', ['a'])]);
        const session = await sessionOf('a.example.com', version);
        const reused: boolean[] = [];
        for (const setting of settings) {
          const other = new TestGateway(setting);
          await apply([tls('a', 'a.example.com', ['a'])], [A, B, BOTH], other);
          const socket = await dial('a.example.com', version, session, other);
          reused.push(socket.isSessionReused());
          socket.destroy();
          other.close();
        }
        assert.deepEqual(reused, [true, true, false]);
      });
    });
  }
});
