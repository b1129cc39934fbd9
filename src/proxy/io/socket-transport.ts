// SPDX-License-Identifier: Apache-2.0

/**
 * Joins a socket and a connection of any version, in either role.
 *
 * - Input: each chunk goes to `connection.receive`, after the loop's clock was read.
 * - Output: `markDirty` (from `MessageConnectionEvents.onOutput`) puts the socket on the loop's list; it is written once per turn.
 * - Back-pressure: while the socket has not written what it was given, the connection is told `outputBlocked(true)`, so
 *   that flow control and the exchange hold DATA back and memory stays bounded. Meanwhile other output stays in the
 *   connection, side by side: given to the socket, each few bytes would be a write of their own that keeps a slab alive.
 * - Half-close: when the peer ends its side, `connection.receiveEnd` says whether ours ends too, or goes on until `end`.
 * - End: whatever ends the socket, `connection.close` and then `owner.onTransportClosed` are called once.
 *
 * Cleartext, and TLS to endpoints, is read into a buffer that all sockets of a worker share (`SharedReadSocket`), so nothing of the input
 * outlives `receive`. TLS of clients comes as `data` events: OpenSSL's records are of their own size.
 *
 * Owns the socket's listeners; the owner decides when to `shut` or `destroy`. Guarded by `bench/`: every RPC passes here four times.
 */
import type { Socket } from 'node:net';
import type { MessageConnection, OutputSink } from '../../wire/index.ts';
import { HalfClosed } from './half-closed.ts';
import { isTlsSocket } from './is-tls-socket.ts';
import { resetSocket } from './reset-socket.ts';
import { type InputTaker, NO_TAKER, sharesReads } from './shared-read-socket.ts';
import type { SocketLoop } from './socket-loop.ts';
import type { TrafficCounters } from './traffic-counters.ts';

export interface TransportOwner {
  /** The socket is gone and every stream of the connection has been reset. `error` null: it ended in order. */
  onTransportClosed(error: Error | null): void;
  /** Output that the peer does not read takes this many bytes more (or, negative, fewer). */
  onUnreadOutput?(change: number): void;
}

const NOTHING = Buffer.alloc(0);
/** What a connection still says behind the end of our side. Written to the socket, it would break off what is on its way. */
const NOBODY: OutputSink = { write() {}, end: () => true };

/** A socket knows its transport, so that all sockets share their listeners: five functions each would be a tenth of an idle connection. */
interface TransportSocket extends Socket {
  transport?: SocketTransport;
}

export class SocketTransport implements OutputSink, InputTaker {
  readonly socket: Socket;
  /** Totals of this socket, in bytes. */
  bytesRead = 0;
  bytesWritten = 0;
  readonly #loop: SocketLoop;
  /** Null once the socket is gone, as `#connection`: V8 keeps what a socket of Node refers to until the next full collection. */
  #owner: TransportOwner | null;
  readonly #traffic: TrafficCounters | null;
  #connection: MessageConnection | null = null;
  #dirty = false;
  #closed = false;
  #ending = false;
  /** Our side ends when what is queued is written; the peer's goes on. */
  #outputEnds = false;
  #blocked = false;
  /** Held back so that a single buffer is written without corking. */
  #held: Buffer | null = null;
  #corked = false;
  /** What the owner was told of output that waits. */
  #unreadBytes = 0;
  /** `onDrain` follows when the socket has written what it was given. */
  #isAwaited = false;
  /** TLS tells of every write, for none is out at once. null: the kernel mostly takes all at once, and to be told would cost each write a turn. */
  readonly #onWritten: (() => void) | null;

  constructor(socket: Socket, loop: SocketLoop, owner: TransportOwner, traffic: TrafficCounters | null = null) {
    this.socket = socket;
    this.#loop = loop;
    this.#owner = owner;
    this.#traffic = traffic;
    this.#onWritten = isTlsSocket(socket) ? () => this.onDrain() : null;
  }

  /** True once the socket is gone. */
  get closed(): boolean {
    return this.#closed;
  }

  /** What the kernel has not taken of what the socket was given. */
  get unsentBytes(): number {
    return this.#closed ? 0 : this.socket.writableLength;
  }

  /** A write fails at once where the kernel has heard of a reset that is not told yet. In TLS none does. */
  get hasFailed(): boolean {
    return this.socket.errored !== null;
  }

  /** Starts reading. `first`: input that was read before the protocol was known; not kept. */
  start(connection: MessageConnection, first: Buffer | null = null): void {
    this.#connection = connection;
    const socket = this.socket;
    // Where a peer that ended its side may still read, the connection says when ours ends.
    socket.allowHalfOpen = true;
    (socket as TransportSocket).transport = this;
    if (sharesReads(socket)) socket.inputTaker = this;
    else socket.on('data', onData);
    socket.on('drain', onDrain);
    // Node keeps the error until the close; here it must only have a listener.
    if (socket.listenerCount('error') === 0) socket.on('error', ignore);
    socket.on('end', onEnd);
    socket.on('close', onClose);
    if (first !== null) this.takeInput(first, first.length);
  }

  /** The connection has output; call from `MessageConnectionEvents.onOutput`. */
  markDirty(): void {
    if (this.#dirty) return;
    this.#dirty = true;
    this.#loop.markDirty(this);
  }

  /** Writes what the connection has queued. Called by the loop. */
  flush(): void {
    this.#dirty = false;
    const connection = this.#connection;
    if (this.#closed || connection === null) return;
    // The peer has ended its side, so ours was ended too: a write would make an error, with its stack, for each such client. Behind an end of ours
    // nothing is written, but the connection may have something to tell.
    if (!this.#ending && !this.#outputEnds && !this.socket.writable) return;
    if (!this.#ending && this.socket.writableLength > 0) {
      this.#block();
      this.#await();
      this.measure();
      return;
    }
    connection.takeOutput(this.socket.writableEnded ? NOBODY : this);
    if (this.#blocked || this.#unreadBytes > 0) this.measure();
    // Input that waited for this output may have been answered, and have ended the connection: that is out at the next turn.
    if ((this.#ending || this.#outputEnds) && !this.#dirty) this.socket.end();
  }

  /** Tells the owner how much output waits. */
  measure(): void {
    const isWaiting = this.#blocked && !this.#closed;
    const bytes = isWaiting ? this.socket.writableLength + (this.#connection?.deferOutput() ?? 0) : 0;
    const change = bytes - this.#unreadBytes;
    if (change === 0) return;
    this.#unreadBytes = bytes;
    this.#owner?.onUnreadOutput?.(change);
  }

  /** For `takeOutput` only. */
  write(chunk: Buffer): void {
    const held = this.#held;
    this.#held = chunk;
    if (held === null) return;
    if (!this.#corked) {
      this.#corked = true;
      this.socket.cork();
    }
    this.#send(held, null);
  }

  /** For `takeOutput` only. Nearly always the kernel took all at once: then nobody needs the chunks any more. Else `onDrain` tells. */
  end(): boolean {
    const last = this.#held;
    if (last !== null) {
      this.#held = null;
      this.#isAwaited ||= this.#onWritten !== null;
      this.#send(last, this.#onWritten);
    }
    if (this.#corked) {
      this.#corked = false;
      this.socket.uncork();
    }
    const left = this.socket.writableLength;
    if (left === 0) return true;
    if (left >= this.socket.writableHighWaterMark) this.#block();
    this.#await();
    return this.socket.errored !== null;
  }

  /** Writes what is queued, then ends the socket in order; it is destroyed when the peer does not close within the idle time. */
  shut(): void {
    if (this.#closed || this.#ending) return;
    this.#ending = true;
    this.markDirty();
  }

  /** Writes what is queued, then ends the writing side of the socket. Reading goes on. */
  shutOutput(): void {
    if (this.#closed || this.#outputEnds) return;
    this.#outputEnds = true;
    this.markDirty();
  }

  /** The connection broke, or its peer broke it: ends the socket as its version demands. */
  break(): void {
    if (this.#connection?.breaksAbruptly !== true) {
      this.shut();
      return;
    }
    resetSocket(this.socket);
    this.#forgetUnread();
  }

  /** Stops reading the socket, or goes on. */
  wantInput(wanted: boolean): void {
    if (wanted) this.socket.resume();
    else this.socket.pause();
  }

  /** Ends the socket at once; queued output is lost. */
  destroy(): void {
    this.socket.destroy();
    this.#forgetUnread();
  }

  #forgetUnread(): void {
    const unread = this.#unreadBytes;
    this.#unreadBytes = 0;
    if (unread > 0) this.#owner?.onUnreadOutput?.(-unread);
  }

  #block(): void {
    if (this.#blocked) return;
    this.#blocked = true;
    this.#connection?.outputBlocked(true);
  }

  #await(): void {
    if (this.#isAwaited) return;
    this.#isAwaited = true;
    // It is out when what is before it is.
    if (!this.socket.writableNeedDrain) this.socket.write(NOTHING, () => this.onDrain());
  }

  #send(chunk: Buffer, onWritten: (() => void) | null): void {
    this.bytesWritten += chunk.length;
    const traffic = this.#traffic;
    if (traffic !== null) traffic.values[traffic.written] = (traffic.values[traffic.written] as number) + chunk.length;
    if (onWritten === null) this.socket.write(chunk);
    else this.socket.write(chunk, onWritten);
  }

  /** For the socket only, as what follows. */
  takeInput(chunk: Buffer, length: number): void {
    if (this.#closed) return;
    this.#loop.refresh();
    this.bytesRead += length;
    const traffic = this.#traffic;
    if (traffic !== null) traffic.values[traffic.read] = (traffic.values[traffic.read] as number) + length;
    this.#connection?.receive(chunk, this.#loop.nowMs, length);
  }

  onDrain(): void {
    if (!this.#isAwaited || this.#closed || this.socket.writableLength > 0) return;
    this.#isAwaited = false;
    const wasBlocked = this.#blocked;
    this.#blocked = false;
    this.#loop.refresh();
    this.#connection?.outputBlocked(false);
    this.measure();
    // What was left in the connection meanwhile.
    if (wasBlocked) this.markDirty();
  }

  /** The peer ended its side. */
  onEnd(): void {
    if (this.#ending) return;
    if (this.#connection?.receiveEnd() !== true) this.socket.end();
    else if (!this.#ending) new HalfClosed(this.socket, this.#loop);
  }

  onClose(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#loop.refresh();
    this.measure();
    this.#connection?.close('lost');
    this.#owner?.onTransportClosed(this.socket.errored);
    this.#connection = null;
    this.#owner = null;
    if (sharesReads(this.socket)) this.socket.inputTaker = NO_TAKER;
  }
}

function onData(this: TransportSocket, chunk: Buffer): void {
  this.transport?.takeInput(chunk, chunk.length);
}

function onDrain(this: TransportSocket): void {
  this.transport?.onDrain();
}

function ignore(): void {}

function onEnd(this: TransportSocket): void {
  this.transport?.onEnd();
}

function onClose(this: TransportSocket): void {
  this.transport?.onClose();
}
