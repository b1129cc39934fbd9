// SPDX-License-Identifier: Apache-2.0

import type { Socket } from 'node:net';
import { isTlsSocket } from './is-tls-socket.ts';

/** TLS, by Node's own names. */
interface UpperSocket extends ResettableSocket {
  /** The socket that TLS was begun on; null: it has a connection of its own. */
  readonly _parent?: ResettableSocket | null;
  readonly _handle?: UpperHandle | null;
}

interface ResettableSocket extends Socket {
  /** `destroy` is to ask the handle for a reset. */
  resetAndClosing?: boolean;
}

interface UpperHandle {
  readonly _parent?: { reset?(onClosed: () => void): number } | null;
  /** Node gives it to handles of TCP only. */
  reset?: (onClosed: () => void) => number;
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
 * Ends TLS with a reset of what is below. Without one a peer would have to miss the word of TLS that it is the end, which many do not. TLS that has
 * said that word is ended alone.
 */
function resetBelow(socket: UpperSocket): void {
  const hasEnded = socket.writableEnded && socket.writableLength === 0;
  if (!hasEnded && !socket.connecting) {
    // What is below is destroyed by `destroy`, not before: Node frees what OpenSSL has of TLS whose socket below is gone at once,
    // also while OpenSSL is within a read of it and tells us that the handshake is over.
    if (socket._parent) socket._parent.resetAndClosing = true;
    else askForReset(socket);
  }
  socket.destroy();
}

/** As `Socket.resetAndDestroy`, which refuses TLS. */
function askForReset(socket: UpperSocket): void {
  const handle = socket._handle;
  const below = handle?._parent;
  if (!handle || typeof below?.reset !== 'function') return;
  handle.reset = onClosed => below.reset?.(onClosed) ?? 0;
  socket.resetAndClosing = true;
}

/** Node asks for the FIN when nothing is left to write; a socket that still writes is none. */
function isShuttingDown(socket: Socket): boolean {
  return socket.writableEnded && !socket.writableFinished && socket.writableLength === 0 && !socket.connecting;
}

function onShutDown(this: Socket): void {
  if (!this.destroyed) this.resetAndDestroy();
}
