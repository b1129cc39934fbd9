// SPDX-License-Identifier: Apache-2.0

/** TLS clients that do a handshake and no more: what is measured is the other side. */
import { once } from 'node:events';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { HELLO, SETTINGS_ACK } from './idle.ts';

/** What decides the cost of a handshake: the same on each proxy. The key is the certificate's. */
export interface HandshakeShape {
  readonly version: 'TLSv1.2' | 'TLSv1.3';
  readonly isResumed: boolean;
}

/** Handshakes in flight: enough that the proxy is never without one. */
const CALLERS = 8;

/** Makes `count` connections with one handshake each; rejects when one is not of `shape`. */
export async function handshakes(port: number, shape: HandshakeShape, count: number): Promise<void> {
  const session = shape.isResumed ? await sessionOf(port, shape) : undefined;
  let started = 0;
  const caller = async (): Promise<void> => {
    while (started++ < count) {
      const socket = await secure(port, { ...optionsOf(shape), ...(session === undefined ? {} : { session }) });
      if (socket.isSessionReused() !== shape.isResumed) throw new Error('a session was resumed, or was not');
      // In order, so that the proxy is not charged with resets.
      socket.end();
      socket.resume();
      await once(socket, 'close');
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
}

/** Opens `count` HTTP/2 connections over TLS, each past the exchange of SETTINGS. */
export async function openIdleTls(port: number, count: number, shape: HandshakeShape): Promise<{ close(): void }> {
  const sockets: TLSSocket[] = [];
  while (sockets.length < count) {
    const batch = Array.from({ length: Math.min(50, count - sockets.length) }, () => openOne(port, shape));
    sockets.push(...(await Promise.all(batch)));
  }
  return { close: () => sockets.forEach(socket => void socket.destroy()) };
}

async function openOne(port: number, shape: HandshakeShape): Promise<TLSSocket> {
  const socket = await secure(port, optionsOf(shape));
  socket.write(HELLO);
  await once(socket, 'data');
  socket.write(SETTINGS_ACK);
  socket.resume();
  return socket;
}

async function secure(port: number, options: ConnectionOptions): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', ...options });
  await once(socket, 'secureConnect');
  socket.on('error', () => {});
  return socket;
}

/** One suite and one key exchange (P-256 is there for the certificate's key), so that both sides of a comparison do the same arithmetic. */
function optionsOf({ version }: HandshakeShape): ConnectionOptions {
  return {
    servername: 'localhost',
    rejectUnauthorized: false,
    ALPNProtocols: ['h2'],
    minVersion: version,
    maxVersion: version,
    ciphers: 'TLS_AES_128_GCM_SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256',
    ecdhCurve: 'X25519:P-256',
  };
}

/** A ticket. In TLS 1.3 it comes after the handshake; BoringSSL keeps it until the server has something to say. */
async function sessionOf(port: number, shape: HandshakeShape): Promise<Buffer> {
  const socket = connect({ port, host: '127.0.0.1', ...optionsOf(shape) });
  socket.on('error', () => {});
  socket.resume();
  socket.write(HELLO);
  const [session] = await once(socket, 'session');
  socket.destroy();
  return session;
}
