// SPDX-License-Identifier: Apache-2.0

import type { HeaderList, VolatileFields } from '../header-list.ts';
import type { ConnectionEvents, StreamEvents } from './events.ts';
import type { HeaderListPool } from './header-list-pool.ts';
import type { Http2Limits } from './limits.ts';
import type { Http2Stream } from './stream.ts';

export interface Http2ConnectionOptions {
  readonly role: 'server' | 'client';
  readonly events: ConnectionEvents;
  readonly limits: Http2Limits;
  readonly lists: HeaderListPool;
}

/** Where `takeOutput` puts the queued bytes. */
export interface OutputSink {
  write(chunk: Buffer): void;
}

/** One HTTP/2 connection, bytes in, events out. SIGNATURES ONLY, being written. */
export class Http2Connection {
  readonly role: 'server' | 'client';
  /** Streams that are open or half-closed, those opened but not yet sent included. */
  activeStreams = 0;

  constructor(options: Http2ConnectionOptions) {
    this.role = options.role;
  }
  /** One chunk of input; events fire synchronously. `nowMs`: any monotonic clock, used for the flood budgets only. The chunk must not be reused by the caller. */
  receive(_chunk: Buffer, _nowMs: number): void {}
  /** Client role: null when the peer's limit, GOAWAY or the id space forbids it (`onCapacity` tells when to try again). Its id is 0 until `sendHead`. */
  openStream(_events: StreamEvents): Http2Stream | null {
    return null;
  }
  /** Client role: whether `openStream` can ever succeed again (no GOAWAY, ids left, not closed). */
  get isUsable(): boolean {
    return false;
  }
  sendHead(_stream: Http2Stream, _head: HeaderList, _fields: VolatileFields, _endStream: boolean): void {}
  sendInformational(_stream: Http2Stream, _head: HeaderList, _fields: VolatileFields): void {}
  /** Bytes taken of `chunk[start, end)`; the rest again after `onWritable`. `endStream` counts only when all was taken (an empty slice always is). A closed stream takes all and drops it. Large slices are kept by reference: do not change them. */
  sendData(_stream: Http2Stream, _chunk: Buffer, _start: number, _end: number, _endStream: boolean): number {
    return 0;
  }
  sendTrailers(_stream: Http2Stream, _trailers: HeaderList, _fields: VolatileFields): void {}
  /** RST_STREAM; no event follows on this stream. */
  reset(_stream: Http2Stream, _errorCode: number): void {}
  /** Gives `bytes` of received DATA back to the peer's window. */
  consumed(_stream: Http2Stream, _bytes: number): void {}
  goaway(_errorCode: number, _lastStreamId?: number): void {}
  /** Graceful: GOAWAY(2^31-1) now; call `finishShutdown` a round trip later. */
  shutdown(): void {}
  finishShutdown(): void {}
  /** Sends a PING; `ConnectionEvents.onPong` (optional) is called on its acknowledgement. */
  ping(): void {}
  takeOutput(_sink: OutputSink): void {}
  outputBlocked(_blocked: boolean): void {}
  close(_errorCode: number): void {}
}
