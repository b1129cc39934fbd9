// SPDX-License-Identifier: Apache-2.0

import type { Http2Connection } from './connection.ts';
import { CLOSED, type Http2Stream, QUEUED, WAITING } from './stream.ts';

/**
 * Streams that wait for the connection (its window, the socket, the output's high-water mark), first come first served.
 * A stream that waits for its own window is not in here: its WINDOW_UPDATE wakes it, so that no update costs a scan.
 */
export class SendQueue {
  readonly #connection: Http2Connection;
  #head: Http2Stream | null = null;
  #tail: Http2Stream | null = null;
  #length = 0;

  constructor(connection: Http2Connection) {
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

  /** The window of `stream` opened. */
  onStreamWindow(stream: Http2Stream): void {
    if ((stream.flags & (WAITING | QUEUED)) !== WAITING || stream.sendWindow <= 0) return;
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
      if (stream.sendWindow > 0) this.#tell(stream);
    }
  }

  #tell(stream: Http2Stream): void {
    if (stream.flags & CLOSED) return;
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
