// SPDX-License-Identifier: Apache-2.0

import type { Socket } from 'node:net';

/**
 * Ends a TCP socket with a reset; what it has not written is lost. At once, but for a socket whose FIN is asked for and not sent yet:
 * libuv refuses to reset it in that turn of the event loop (EINVAL), and Node then takes it for closed, so that its descriptor stays open
 * for good and its thread can never end. Such a socket is reset when the FIN is out, in the next turn. `close` follows either way.
 */
export function resetSocket(socket: Socket): void {
  if (socket.destroyed) return;
  if (isShuttingDown(socket)) socket.pause().once('finish', onShutDown);
  else socket.resetAndDestroy();
}

/** Node asks for the FIN when nothing is left to write; a socket that still writes is none. */
function isShuttingDown(socket: Socket): boolean {
  return socket.writableEnded && !socket.writableFinished && socket.writableLength === 0 && !socket.connecting;
}

function onShutDown(this: Socket): void {
  if (!this.destroyed) this.resetAndDestroy();
}
