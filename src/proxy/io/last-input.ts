// SPDX-License-Identifier: Apache-2.0

/**
 * A server that answers early and ends its connection, with a request in it that it has not read, resets it: the answer is in our kernel, and
 * a write is what learns of the reset. Node then ends the socket at once, and the answer with it. Here it is read first.
 *
 * Cleartext only: what the kernel holds of TLS is nothing that can be read past OpenSSL.
 */
import { readSync } from 'node:fs';
import { Socket } from 'node:net';

/** An answer to a request that was not read is short. */
const LAST_INPUT_BYTES = 65_536;

/** A `SharedReadSocket`, by the names of Node. */
interface EndingSocket extends Socket {
  readonly inputTaker: { takeInput(buffer: Buffer, length: number): void };
  readonly _handle?: { readonly fd?: number } | null;
  _destroy(error: Error | null, callback: (error?: Error | null) => void): void;
}

/** As of any socket, but when a write failed for what the peer did, its taker gets what it sent before: in a moment, and before `error`. */
export function takeLastInput(socket: Socket): void {
  (socket as EndingSocket)._destroy = destroyLater;
}

function destroyLater(this: EndingSocket, error: Error | null, callback: (error?: Error | null) => void): void {
  const fd = this._handle?.fd ?? -1;
  if (fd >= 0 && isBrokenWrite(error) && !this.isPaused()) {
    const last = readLast(fd);
    // The write may be a taker's own.
    if (last.length > 0) process.nextTick(() => this.inputTaker.takeInput(last, last.length));
  }
  Socket.prototype._destroy.call(this, error, callback);
}

function isBrokenWrite(error: NodeJS.ErrnoException | null): boolean {
  return error?.syscall === 'write' && (error.code === 'EPIPE' || error.code === 'ECONNRESET');
}

function readLast(fd: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(LAST_INPUT_BYTES);
  let length = 0;
  try {
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      read = readSync(fd, bytes, length, bytes.length - length, null);
    }
  } catch {
    // Nothing more is there.
  }
  return bytes.subarray(0, length);
}
