// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { connect as connectTls, createSecureContext, TLSSocket } from 'node:tls';
import { certificate } from '../listeners/certificate.test-support.ts';
import { resetSocket } from './reset-socket.ts';

const server = createServer({ allowHalfOpen: true });

/** Two ends of one connection; the peer's reads nothing yet. */
async function pair(): Promise<{ readonly socket: Socket; readonly peer: Socket }> {
  const accepted = once(server, 'connection');
  const socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true });
  await once(socket, 'connect');
  const [peer] = (await accepted) as [Socket];
  return { socket, peer };
}

/** What the peer reads until the reset. */
async function readUntilReset(peer: Socket): Promise<string> {
  let text = '';
  peer.on('data', chunk => {
    text += chunk.toString('latin1');
  });
  await assert.rejects(once(peer, 'close'), { code: 'ECONNRESET' });
  return text;
}

/** By Node's own names: what is freed of TLS. */
interface FreeingSocket extends TLSSocket {
  readonly _handle: { destroySSL(): void };
}

describe('resetSocket', () => {
  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => server.close());

  it('resets an open socket', async () => {
    const { socket, peer } = await pair();
    const lost = readUntilReset(peer);
    resetSocket(socket);
    await once(socket, 'close');
    await lost;
  });

  it('resets and closes a socket that was ended in the same turn, twice asked or once', async () => {
    for (const times of [1, 2]) {
      const { socket, peer } = await pair();
      peer.on('error', () => {});
      socket.end();
      for (let at = 0; at < times; at++) resetSocket(socket);
      await once(socket, 'close');
      // After a FIN alone the first write would go out.
      const failure = await new Promise<Error | null | undefined>(resolve => peer.write('x', resolve));
      assert.match(String(failure), /EPIPE|ECONNRESET/);
    }
  });

  it('resets a socket that was ended and still writes to a peer that does not read', async () => {
    const { socket, peer } = await pair();
    const piece = Buffer.alloc(1_048_576);
    while (socket.writableLength < 8 * piece.length) socket.write(piece);
    socket.end();
    assert.equal(socket.writableFinished, false);
    resetSocket(socket);
    await once(socket, 'close');
    await readUntilReset(peer);
  });

  it('leaves a socket alone that is gone', async () => {
    const { socket, peer } = await pair();
    peer.resume();
    socket.destroy();
    resetSocket(socket);
    await once(socket, 'close');
    assert.equal(socket.errored, null);
    peer.destroy();
  });

  it('closes a socket whose peer ended too, when the last FIN is on its way', async () => {
    const { socket, peer } = await pair();
    peer.resume();
    peer.end();
    socket.resume();
    await once(socket, 'end');
    socket.end();
    resetSocket(socket);
    await once(socket, 'close');
    peer.destroy();
  });

  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const)
    it(`frees nothing of ${maxVersion} while OpenSSL reads: as the handshake is over, and in the microtasks of that`, async () => {
      const { chain, key } = await certificate('a', ['a.test']);
      const secureContext = createSecureContext({ cert: chain, key, maxVersion });
      for (const later of [(reset: () => void) => reset(), queueMicrotask, process.nextTick]) {
        const { socket, peer } = await pair();
        const client = connectTls({ socket: peer, rejectUnauthorized: false });
        const lost = assert.rejects(once(client, 'close'), { code: 'ECONNRESET' });
        const ended = new TLSSocket(socket, { isServer: true, secureContext }) as FreeingSocket;
        const { _handle: handle } = ended;
        const order: string[] = [];
        const free = handle.destroySSL.bind(handle);
        handle.destroySSL = () => {
          order.push('freed');
          free();
        };
        ended.once('secure', () =>
          later(() => {
            resetSocket(ended);
            order.push('reset');
          }),
        );
        await once(ended, 'close');
        assert.deepEqual([ended.destroyed, socket.destroyed], [true, true]);
        assert.equal(order[0], 'reset');
        assert.equal(order.includes('freed'), true);
        await lost;
      }
    });
});
