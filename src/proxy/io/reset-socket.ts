// SPDX-License-Identifier: Apache-2.0

import type { Socket } from 'node:net';
import { isTlsSocket } from './is-tls-socket.ts';

/** By Node's own name: what TLS was begun on; null: TLS has a connection of its own. */
interface UpperSocket extends Socket {
  readonly _parent?: Socket | null;
}

/**
 * Ends a TCP socket with a reset; what it has not written is lost. At once, but for a socket whose FIN is asked for and not sent yet:
 * libuv refuses to reset it in that turn of the event loop (EINVAL), and Node then takes it for closed, so that its descriptor stays open
 * for good and its thread can never end. Such a socket is reset when the FIN is out, in the next turn. `close` follows either way.
 */
export function resetSocket(socket: Socket): void {
  if (socket.destroyed) return;
  if (isTlsSocket(socket)) resetBelow(socket);
  else if (isShuttingDown(socket)) socket.pause().once('finish', onShutDown);
  else socket.resetAndDestroy();
}

/**
 * Ends TLS with a reset of what is below. Without one a peer would have to miss the word of TLS that it is the end, which many do not. Of TLS that
 * has said that word, or to an endpoint, without a greeting before it, which Node gives no socket below, the connection is ended alone.
 */
function resetBelow(socket: UpperSocket): void {
  const below = socket._parent ?? null;
  const hasEnded = socket.writableEnded && socket.writableLength === 0;
  if (below !== null && !below.connecting && !hasEnded) below.resetAndDestroy();
  socket.destroy();
}

/** Node asks for the FIN when nothing is left to write; a socket that still writes is none. */
function isShuttingDown(socket: Socket): boolean {
  return socket.writableEnded && !socket.writableFinished && socket.writableLength === 0 && !socket.connecting;
}

function onShutDown(this: Socket): void {
  if (!this.destroyed) this.resetAndDestroy();
}
