// SPDX-License-Identifier: Apache-2.0

import type { ConnectionCore } from './connection-core.ts';
import { ErrorCode } from './error-code.ts';
import { EMPTY_DATA } from './flood-budget.ts';
import { END_STREAM, PADDED, WINDOW_UPDATE } from './frame.ts';
import { CLOSED, HEAD_RECEIVED, type Http2Stream, LOCAL_ENDED, REMOTE_ENDED } from './stream.ts';

const NOTHING = Buffer.alloc(0);

/** DATA frames (RFC 9113 §6.1): windows, padding, content-length, and their payload on to the stream's user, piece by piece. */
export class DataReceiver {
  readonly #connection: ConnectionCore;
  /** Where the current frame's payload goes; null: nowhere. */
  #stream: Http2Stream | null = null;
  #endStream = false;
  /** The next byte is the padding's length. */
  #expectsPadLength = false;
  /** Payload of the current frame still to come, without padding. */
  #left = 0;
  /** What the peer may still send on the connection, and what it gets back next. */
  #window: number;
  #returnable = 0;

  constructor(connection: ConnectionCore) {
    this.#connection = connection;
    this.#window = connection.limits.connectionWindowBytes;
  }

  onFrame(flags: number, id: number, length: number): void {
    this.#stream = null;
    if (id === 0) {
      this.#connection.fail(ErrorCode.PROTOCOL_ERROR, 'DATA on stream 0');
      return;
    }
    if (!this.#countWindow(length)) return;
    const stream = this.#receiver(id);
    if (stream === null || !this.#countStreamWindow(stream, length)) return;
    this.#endStream = (flags & END_STREAM) !== 0;
    this.#expectsPadLength = (flags & PADDED) !== 0;
    if (this.#expectsPadLength) {
      if (length === 0) {
        this.#connection.fail(ErrorCode.FRAME_SIZE_ERROR, 'no room for the padding length');
        return;
      }
      this.#stream = stream;
      this.#left = length;
      return;
    }
    this.#announce(stream, length);
  }

  onPiece(chunk: Buffer, from: number, to: number): void {
    const stream = this.#stream;
    if (stream === null || stream.flags & CLOSED) return;
    let start = from;
    if (this.#expectsPadLength) {
      this.#expectsPadLength = false;
      if (!this.#readPadLength(stream, chunk[start++] as number)) return;
    }
    if (this.#left === 0) return; // padding, or ended with no payload
    const end = Math.min(to, start + this.#left);
    if (end === start) return;
    this.#left -= end - start;
    this.#deliver(stream, chunk, start, end, this.#left === 0 && this.#endStream);
  }

  #readPadLength(stream: Http2Stream, padding: number): boolean {
    const length = this.#left - 1 - padding;
    if (length < 0) {
      this.#connection.fail(ErrorCode.PROTOCOL_ERROR, 'more padding than payload');
      return false;
    }
    stream.connection.consumed(stream, padding + 1);
    this.#announce(stream, length);
    return this.#stream !== null;
  }

  /** The payload's length is known: `length` bytes will come for `stream`. */
  #announce(stream: Http2Stream, length: number): void {
    this.#stream = null;
    this.#left = length;
    if (stream.expectedBytes >= 0) {
      stream.expectedBytes -= length;
      const wrong = stream.expectedBytes < 0 || (this.#endStream && stream.expectedBytes > 0);
      if (wrong) {
        this.#connection.failStream(stream, ErrorCode.PROTOCOL_ERROR);
        return;
      }
    }
    if (length > 0) {
      this.#connection.budget.dataFrames++;
      this.#stream = stream;
    } else if (this.#endStream) this.#deliver(stream, NOTHING, 0, 0, true);
    else this.#connection.spend(EMPTY_DATA, 'too many empty DATA frames');
  }

  #deliver(stream: Http2Stream, chunk: Buffer, start: number, end: number, endStream: boolean): void {
    if (endStream) {
      stream.flags |= REMOTE_ENDED;
      if (stream.flags & LOCAL_ENDED) this.#connection.finishStream(stream);
    }
    stream.events.onData(stream, chunk, start, end, endStream);
  }

  /** The stream that may take DATA; null when the frame is to be dropped or was an error. */
  #receiver(id: number): Http2Stream | null {
    const connection = this.#connection;
    const stream = connection.streams.get(id);
    if (stream === undefined) {
      if (isIdle(connection, id)) connection.fail(ErrorCode.PROTOCOL_ERROR, 'DATA on an idle stream');
      else if (!connection.resets.has(id) && !isForgotten(connection)) connection.refuse(id, ErrorCode.STREAM_CLOSED);
      return null;
    }
    if (stream.flags & REMOTE_ENDED) {
      connection.failStream(stream, ErrorCode.STREAM_CLOSED);
      return null;
    }
    if ((stream.flags & HEAD_RECEIVED) === 0) {
      connection.failStream(stream, ErrorCode.PROTOCOL_ERROR);
      return null;
    }
    return stream;
  }

  #countWindow(length: number): boolean {
    const connection = this.#connection;
    this.#window -= length;
    if (this.#window < 0) {
      connection.fail(ErrorCode.FLOW_CONTROL_ERROR, 'connection window exceeded');
      return false;
    }
    this.#returnable += length;
    if (this.#returnable >= connection.limits.connectionWindowBytes >> 2) {
      this.#window += this.#returnable;
      connection.writeControl(WINDOW_UPDATE, 0, this.#returnable);
      this.#returnable = 0;
    }
    return true;
  }

  #countStreamWindow(stream: Http2Stream, length: number): boolean {
    stream.receiveWindow -= length;
    if (stream.receiveWindow >= 0) return true;
    this.#connection.failStream(stream, ErrorCode.FLOW_CONTROL_ERROR);
    return false;
  }
}

/** A client that reset more streams than it remembers: what comes late on one of its own is not an error of the server. */
function isForgotten(connection: ConnectionCore): boolean {
  return connection.role === 'client' && connection.resets.hasForgotten;
}

/** Whether a stream was never opened by the side that may open it. */
export function isIdle(connection: ConnectionCore, id: number): boolean {
  const isOdd = (id & 1) === 1;
  if (connection.role === 'server') return !isOdd || id > connection.lastPeerId;
  return !isOdd || id >= connection.nextId;
}
