// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { listener, TestGateway } from '../http/gateway.test-support.ts';
import { certificate } from './certificate.test-support.ts';

const A = await certificate('a', ['a.example.com']);

describe('TLS for HTTP/2', () => {
  let gateway: TestGateway;

  beforeEach(async () => {
    gateway = new TestGateway();
    const tls = { certificates: ['a'] };
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
