// SPDX-License-Identifier: Apache-2.0

import { writeSync } from 'node:fs';
import type { Socket } from 'node:net';

const NOTHING = Buffer.alloc(0);

/** Where Node keeps the descriptor of a socket; below 0 where the system has none (Windows). */
interface DescriptorSocket {
  readonly _handle?: { readonly fd?: number } | null;
}

/**
 * Writes to a TCP socket what the kernel takes at once, and answers how many bytes that were: nothing of `bytes` is kept, so memory
 * that belongs to the next read may be passed. Only while nothing is queued in the socket. Of a broken socket it takes nothing: a
 * `Socket.write` finds that out again, and ends it with the error. Else nobody would, where the peer has ended its direction.
 *
 * `Socket.write` keeps what it could not write, by reference and without saying how much it is; so every chunk would have to be copied
 * before it is known whether that is needed: for a stream of large chunks a third more time.
 */
export function tryWrite(socket: Socket, bytes: Buffer, length: number): number {
  const fd = descriptorOf(socket);
  if (fd < 0) return 0;
  try {
    return writeSync(fd, bytes, 0, length);
  } catch {
    return 0;
  }
}

/** Why the kernel takes no more bytes for a TCP socket, or the one below TLS; null: it takes them, or cannot be asked. The peer hears nothing. */
export function writeFailure(socket: Socket): Error | null {
  const fd = descriptorOf(socket);
  if (fd < 0) return null;
  try {
    writeSync(fd, NOTHING);
    return null;
  } catch (error) {
    return error as Error;
  }
}

function descriptorOf(socket: Socket): number {
  return (socket as DescriptorSocket)._handle?.fd ?? -1;
}
