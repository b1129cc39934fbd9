// SPDX-License-Identifier: Apache-2.0

import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';
import { takeLastInput } from './last-input.ts';

/** As much as libuv asks for. */
const READ_BYTES = 65_536;

/** The memory that all sockets of a worker are read into, one read after the other. */
export function newReadBuffer(): Buffer {
  return Buffer.allocUnsafeSlow(READ_BYTES);
}

/** Who reads a socket. */
export interface InputTaker {
  /** Takes `buffer[0, length)`, which is another read's as soon as this returns. */
  takeInput(buffer: Buffer, length: number): void;
}

/**
 * A TCP socket whose input goes into a buffer that it shares with others, and not, as `data` events, into 64 KiB allocated for each
 * read: a third of the time of a large message was spent on those. Reading begins at once, so set `inputTaker` before the event loop goes on.
 *
 * Not a class of its own: accepted sockets are Node's, and whoever writes to sockets should meet one kind of object.
 */
export interface SharedReadSocket extends Socket {
  inputTaker: InputTaker;
}

/** Input is dropped. */
export const NO_TAKER: InputTaker = { takeInput() {} };

/** A socket to be connected, which takes what a peer said that broke it. */
export function newSharedReadSocket(buffer: Buffer, options: SocketConstructorOpts = {}): SharedReadSocket {
  const socket = sharingReads(buffer, onread => new Socket({ ...options, onread }));
  takeLastInput(socket);
  return socket;
}

/** What `make` makes of the option that shares reads, which Node's TLS sockets take as well. */
export function sharingReads(buffer: Buffer, make: (onread: OnReadOpts) => Socket): SharedReadSocket {
  const callback = (length: number): boolean => {
    socket.inputTaker.takeInput(buffer, length);
    return true;
  };
  const socket = make({ buffer, callback }) as SharedReadSocket;
  socket.inputTaker = NO_TAKER;
  return socket;
}

export function sharesReads(socket: Socket): socket is SharedReadSocket {
  return (socket as Partial<SharedReadSocket>).inputTaker !== undefined;
}

interface ReadState {
  [field: symbol]: unknown;
  readonly _handle?: { useUserBuffer?(buffer: Buffer): void } | null;
}

/** Where Node keeps what the option `onread` says, by its own names: `net.Server` offers no way to say it for what it accepts. */
const BUFFER = stateOf('kBuffer');
const CALLBACK = stateOf('kBufferCb');

/** Makes `accepted`, just accepted by a `net.Server`, share reads. False: this Node keeps its state elsewhere; the socket is as it was. */
export function shareReads(accepted: Socket, buffer: Buffer): boolean {
  const state = accepted as unknown as ReadState;
  const handle = state._handle ?? null;
  if (typeof handle?.useUserBuffer !== 'function' || BUFFER === undefined || CALLBACK === undefined) return false;
  (accepted as SharedReadSocket).inputTaker = NO_TAKER;
  state[BUFFER] = buffer;
  state[CALLBACK] = onRead;
  handle.useUserBuffer(buffer);
  return true;
}

/** Called as a method of the socket; one for all. */
function onRead(this: SharedReadSocket, length: number, buffer: Buffer): boolean {
  this.inputTaker.takeInput(buffer, length);
  return true;
}

function stateOf(name: string): symbol | undefined {
  return Object.getOwnPropertySymbols(new Socket()).find(({ description }) => description === name);
}
