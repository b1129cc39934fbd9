// SPDX-License-Identifier: Apache-2.0

/**
 * One socket of a stream: what it brings goes to the other side's socket, at the pace at which that one is read.
 *
 * - Per chunk: one `tryWrite`, nothing allocated. The chunk lies in the worker's read buffer; only what the kernel did not take of
 *   it is copied, at most one read of 64 KiB, and until that is written the side is not read.
 * - TLS copies what it is given, so `tryWrite` falls away on that side, and the copy where nothing waits.
 * - The end of one direction is passed on when what came before it is written (half-close); the other direction goes on.
 *
 * Guarded by the cases `tcp` and `tls-passthrough` of `bench`.
 */
import type { Socket } from 'node:net';
import { ownCopy } from '../../wire/index.ts';
import {
  HalfClosed,
  type InputTaker,
  isTlsSocket,
  NO_TAKER,
  resetSocket,
  type SocketLoop,
  sharesReads,
  tryWrite,
} from '../io/index.ts';

const NOTHING = Buffer.alloc(0);

/** The stream, as its sides see it. */
export interface StreamSideOwner {
  readonly loop: SocketLoop;
  /** A side brought something. */
  onBytes(from: StreamSide, bytes: number): void;
  /** What a side does not read takes this many bytes more (or, negative, fewer). */
  onHeld(change: number): void;
  /** The peer ended its direction. */
  onSideEnded(): void;
  /** The socket is gone. `error` null: it ended in order. */
  onSideClosed(side: StreamSide, error: Error | null): void;
}

/** A socket knows its side, so that all sockets share their listeners. */
interface SideSocket extends Socket {
  side?: StreamSide | null;
}

export class StreamSide implements InputTaker {
  readonly socket: Socket;
  readonly #owner: StreamSideOwner;
  readonly #isTls: boolean;
  #other: StreamSide | null = null;
  /** What the socket was given and has not written. */
  #heldBytes = 0;
  /** What came before there was another side. */
  #early: Buffer | null = null;
  #listens = false;
  #hasEnded = false;
  #isClosed = false;

  constructor(socket: Socket, owner: StreamSideOwner) {
    this.socket = socket;
    this.#owner = owner;
    this.#isTls = isTlsSocket(socket);
    socket.allowHalfOpen = true;
    (socket as SideSocket).side = this;
    socket.on('end', onEnd);
    socket.on('close', onClose);
    // Node keeps the error until the close; here it must only have a listener.
    if (socket.listenerCount('error') === 0) socket.on('error', ignore);
  }

  /** The peer ended its direction, and nothing of it is missing. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Begins to read while there is no other side yet. */
  listen(): void {
    const { socket } = this;
    this.#listens = true;
    if (sharesReads(socket)) socket.inputTaker = this;
    else socket.on('data', onData);
    socket.resume();
  }

  /** Reads for `other` from now on, `listen` or not. TLS may have ended before. */
  start(other: StreamSide): void {
    const early = this.#early;
    this.#other = other;
    this.#early = null;
    if (early !== null) {
      this.#owner.onHeld(-early.length);
      other.write(early, early.length, false);
    }
    if (this.#hasEnded) other.end();
    if (!this.#listens) this.listen();
    // Else it resumes when what the other does not take yet is written.
    else if (other.#heldBytes === 0) this.resume();
  }

  /** For the socket only. */
  takeInput(chunk: Buffer, length: number): void {
    this.#owner.onBytes(this, length);
    if (this.#other === null) this.#keep(chunk.subarray(0, length));
    else this.#other.write(chunk, length, sharesReads(this.socket));
  }

  /** `isShared`: the memory is another read's when this returns. */
  write(chunk: Buffer, length: number, isShared: boolean): void {
    const { socket } = this;
    if (this.#isTls) {
      // OpenSSL takes all of it at once, unless a write before it is not over: then Node keeps it. TLS brings all records of a read,
      // whether or not it is paused.
      const bytes = length === chunk.length ? chunk : chunk.subarray(0, length);
      socket.write(isShared && socket.writableLength > 0 ? ownCopy(bytes) : bytes);
    } else {
      const written = socket.writableLength > 0 ? 0 : tryWrite(socket, chunk, length);
      if (written === length) return;
      const rest = chunk.subarray(written, length);
      socket.write(isShared ? ownCopy(rest) : rest);
    }
    if (socket.writableLength > 0) this.#block();
  }

  /** Ends our direction when what is queued is written. */
  end(): void {
    this.socket.end();
  }

  /** Ends the socket at once, so that the peer knows that something is missing. */
  reset(): void {
    resetSocket(this.socket);
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    if (!this.#isClosed) this.socket.resume();
  }

  /** For the socket only, as what follows. */
  onEnd(): void {
    this.#hasEnded = true;
    if (this.socket.writable) new HalfClosed(this.socket, this.#owner.loop);
    this.#other?.end();
    this.#owner.onSideEnded();
  }

  onClose(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#held(0);
    if (sharesReads(this.socket)) this.socket.inputTaker = NO_TAKER;
    (this.socket as SideSocket).side = null;
    this.#owner.onSideClosed(this, this.socket.errored);
  }

  /** One read, or what a few bring that were under way: enough of a client that nobody answers yet. */
  #keep(chunk: Buffer): void {
    this.#early = ownCopy(this.#early === null ? chunk : Buffer.concat([this.#early, chunk]));
    this.#owner.onHeld(chunk.length);
    this.socket.pause();
  }

  #block(): void {
    this.#other?.pause();
    const isFirst = this.#heldBytes === 0;
    this.#held(this.socket.writableLength);
    // It is out when what is before it is.
    if (isFirst) this.socket.write(NOTHING, () => this.#onWritten());
  }

  #onWritten(): void {
    this.#held(0);
    if (this.socket.writableLength > 0) this.#block();
    else this.#other?.resume();
  }

  #held(bytes: number): void {
    const change = bytes - this.#heldBytes;
    this.#heldBytes = bytes;
    if (change !== 0) this.#owner.onHeld(change);
  }
}

function onData(this: SideSocket, chunk: Buffer): void {
  this.side?.takeInput(chunk, chunk.length);
}

function onEnd(this: SideSocket): void {
  this.side?.onEnd();
}

function onClose(this: SideSocket): void {
  this.side?.onClose();
}

function ignore(): void {}
