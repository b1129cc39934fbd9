// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { listener, TestGateway } from '../http/gateway.test-support.ts';
import { certificate } from './certificate.test-support.ts';

const A = await certificate('a', ['a.example.com']);
/** X25519MLKEM768 came with 3.5. */
const IS_POST_QUANTUM = process.versions.openssl.localeCompare('3.5', 'en', { numeric: true }) >= 0;

describe('TLS for HTTP/2', () => {
  let gateway: TestGateway;

  beforeEach(async () => {
    gateway = new TestGateway();
    const tls = { certificates: ['a'], clients: null };
    await gateway.apply({ listeners: [listener('t', [], { tls })], clusters: {}, certificates: [A] });
  });
  afterEach(() => gateway.close());

  function dial(options: ConnectionOptions): TLSSocket {
    return connectTls({
      port: gateway.port,
      host: '127.0.0.1',
      servername: 'a.example.com',
      ALPNProtocols: ['h2'],
      rejectUnauthorized: false,
      ...options,
    });
  }

  for (const ciphers of ['ECDHE-ECDSA-AES128-SHA', 'ECDHE-ECDSA-AES256-SHA384']) {
    it(`has no common cipher with a client that knows ${ciphers} only (RFC 9113 Appendix A)`, async () => {
      const socket = dial({ ciphers, maxVersion: 'TLSv1.2' });
      const [error] = await once(socket, 'error');
      assert.match(error.code, /HANDSHAKE_FAILURE/);
    });
  }

  it('refuses TLS 1.1', async () => {
    const socket = dial({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' });
    const [error] = await once(socket, 'error');
    assert.match(error.code, /ALERT|VERSION/);
  });

  for (const { offered, agreed } of [
    { offered: 'X25519MLKEM768:X25519', agreed: 'X25519MLKEM768' },
    // It sends no share for the second: the handshake takes a round trip more (RFC 8446 §4.1.4).
    { offered: 'X25519:X25519MLKEM768', agreed: 'X25519MLKEM768' },
    { offered: 'X25519:P-256', agreed: 'X25519' },
    { offered: 'P-256', agreed: 'prime256v1' },
  ]) {
    const skip = offered.includes('MLKEM') && !IS_POST_QUANTUM;
    it(`agrees on ${agreed} with a client that offers ${offered}`, { skip }, async () => {
      const socket = dial({ ecdhCurve: offered, minVersion: 'TLSv1.3' });
      await once(socket, 'secureConnect');
      const key = socket.getEphemeralKeyInfo();
      socket.destroy();
      assert.equal(key !== null && 'name' in key ? key.name : null, agreed);
    });
  }

  it('ends a connection that renegotiates (RFC 9113 §9.2.1)', async () => {
    const socket = dial({ maxVersion: 'TLSv1.2' });
    await once(socket, 'secureConnect');
    socket.resume();
    socket.on('error', () => {});
    while (gateway.metric('daemun_downstream_connections') === 0) await nextTurn();
    let renegotiated = 0;
    socket.on('secure', () => renegotiated++);
    assert.equal(
      socket.renegotiate({}, () => {}),
      true,
    );
    await once(socket, 'close');
    while (gateway.metric('daemun_downstream_connections') > 0) await nextTurn();
    assert.equal(renegotiated, 0);
    assert.equal(gateway.metric('daemun_tls_handshakes_total', { result: 'ok' }), 1);
  });

  it('ends a connection whose records cannot be decrypted', async () => {
    const raw = connect(gateway.port, '127.0.0.1');
    const socket = dial({ socket: raw });
    await once(socket, 'secureConnect');
    socket.on('error', () => {});
    socket.resume();
    while (gateway.metric('daemun_downstream_connections') === 0) await nextTurn();
    raw.write(Buffer.concat([Buffer.from([23, 3, 3, 0, 32]), Buffer.alloc(32, 1)]));
    await once(socket, 'close');
    while (gateway.metric('daemun_downstream_connections') > 0) await nextTurn();
  });
});

const nextTurn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));
