// SPDX-License-Identifier: Apache-2.0

import { Socket, type SocketConstructorOpts } from 'node:net';

/** As much as libuv asks for. */
const READ_BYTES = 65_536;

/** The memory that all sockets of a worker are read into, one read after the other. */
export function newReadBuffer(): Buffer {
  return Buffer.allocUnsafeSlow(READ_BYTES);
}

/** Takes `buffer[0, length)`, which is another read's as soon as this returns. */
export type TakeInput = (buffer: Buffer, length: number) => void;

/**
 * A TCP socket whose input goes into a buffer that it shares with others, and not, as `data` events, into 64 KiB allocated for each
 * read: a third of the time of a large message was spent on those. Reading begins at once, so set `onInput` before the event loop goes on.
 */
export class SharedReadSocket extends Socket {
  onInput: TakeInput = ignore;

  constructor(buffer: Buffer, options: SocketConstructorOpts = {}) {
    let self: SharedReadSocket | null = null;
    const callback = (length: number): boolean => {
      self?.onInput(buffer, length);
      return true;
    };
    super({ ...options, onread: { buffer, callback } });
    self = this;
  }

  /** Input is dropped from here on, until `onInput` is set anew. */
  ignoreInput(): void {
    this.onInput = ignore;
  }
}

/** The parts of an accepted socket that move: `net.Server` offers no way to say how its sockets are read. */
interface Accepted {
  _handle: { readonly useUserBuffer?: unknown } | null;
  _server: unknown;
}

/**
 * The connection of `accepted`, just accepted by a `net.Server`, as a `SharedReadSocket`; `accepted` itself where this Node keeps the
 * connection in another way. `accepted` must not be used any more. `highWaterBytes`: of output.
 */
export function sharingReads(accepted: Socket, buffer: Buffer, highWaterBytes: number): Socket {
  const from = accepted as unknown as Accepted;
  const handle = from._handle ?? null;
  if (typeof handle?.useUserBuffer !== 'function' || (from._server ?? null) === null) return accepted;
  const options: object = { handle, writableHighWaterMark: highWaterBytes };
  const socket = new SharedReadSocket(buffer, options);
  // The server counts its open connections by this, and is closed when there is none.
  (socket as unknown as Accepted)._server = from._server;
  from._handle = null;
  from._server = null;
  return socket;
}

function ignore(): void {}
