// SPDX-License-Identifier: Apache-2.0

import { CLOSED, type Http2Stream, QUEUED, WAITING } from './stream.ts';

/** What decides whether a connection takes DATA. */
export interface SendGate {
  readonly sendWindow: number;
  readonly isBlocked: boolean;
  readonly broken: boolean;
  readonly output: { readonly queuedBytes: number };
  readonly limits: { readonly outputHighWaterBytes: number };
}

/** Closed streams that may stay in the queue before it is swept. */
const MAX_CLOSED = 16;

/**
 * Streams that wait for the connection (its window, the socket, the output's high-water mark), first come first served.
 * A stream that waits for its own window is not in here: its WINDOW_UPDATE wakes it, so that no update costs a scan.
 */
export class SendQueue {
  readonly #connection: SendGate;
  #head: Http2Stream | null = null;
  #tail: Http2Stream | null = null;
  #length = 0;
  #closed = 0;

  constructor(connection: SendGate) {
    this.#connection = connection;
  }

  get isEmpty(): boolean {
    return this.#head === null;
  }

  /** Whether the connection takes DATA now. */
  get isOpen(): boolean {
    const connection = this.#connection;
    return (
      connection.sendWindow > 0 &&
      !connection.isBlocked &&
      !connection.broken &&
      connection.output.queuedBytes < connection.limits.outputHighWaterBytes
    );
  }

  /** `stream` has more to send than was taken. */
  wait(stream: Http2Stream): void {
    stream.flags |= WAITING;
    if (stream.sendWindow > 0) this.#push(stream);
  }

  /** The window of `stream` opened. Of several that open at once, an earlier one may have closed this one. */
  onStreamWindow(stream: Http2Stream): void {
    if ((stream.flags & (WAITING | QUEUED | CLOSED)) !== WAITING || stream.sendWindow <= 0) return;
    if (this.#head === null && this.isOpen) this.#tell(stream);
    else this.#push(stream);
  }

  /** Gives each waiting stream one turn, as long as the connection takes more. */
  wake(): void {
    for (let turns = this.#length; turns > 0 && this.isOpen; turns--) {
      const stream = this.#head;
      if (stream === null) return;
      this.#head = stream.nextQueued;
      if (this.#head === null) this.#tail = null;
      stream.nextQueued = null;
      stream.flags &= ~QUEUED;
      this.#length--;
      if (stream.sendWindow > 0 || stream.flags & CLOSED) this.#tell(stream);
    }
  }

  /** A closed stream's turn never comes: it must not stay here for as long as the connection is stuck. */
  onClosed(stream: Http2Stream): void {
    if ((stream.flags & QUEUED) === 0) return;
    this.#closed++;
    if (this.#closed <= MAX_CLOSED || this.#closed * 2 <= this.#length) return;
    let next = this.#head;
    this.#head = null;
    this.#tail = null;
    this.#length = 0;
    this.#closed = 0;
    while (next !== null) {
      const queued: Http2Stream = next;
      next = queued.nextQueued;
      queued.nextQueued = null;
      queued.flags &= ~QUEUED;
      if ((queued.flags & CLOSED) === 0) this.#push(queued);
    }
  }

  #tell(stream: Http2Stream): void {
    if (stream.flags & CLOSED) {
      this.#closed--;
      return;
    }
    stream.flags &= ~WAITING;
    stream.events.onWritable(stream);
  }

  #push(stream: Http2Stream): void {
    if (stream.flags & QUEUED) return;
    stream.flags |= QUEUED;
    if (this.#tail === null) this.#head = stream;
    else this.#tail.nextQueued = stream;
    this.#tail = stream;
    this.#length++;
  }
}
