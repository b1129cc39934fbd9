// SPDX-License-Identifier: Apache-2.0

import type { HeaderList, VolatileFields } from '../header-list.ts';

/** What a stream tells its user. Called synchronously from `Http2Connection.receive` (or `flush`), never re-entrantly for one stream. */
export interface StreamEvents {
  /** A request (server role) or a response head (client role). `endStream`: nothing follows (trailers-only for gRPC). */
  onHead(stream: Http2Stream, head: HeaderList, fields: VolatileFields, endStream: boolean): void;
  /** An interim response (1xx); client role only. */
  onInformational(stream: Http2Stream, head: HeaderList, fields: VolatileFields): void;
  /**
   * `chunk[start, end)` is a view of the input: valid during the call, and as long as it is kept (the input is not
   * reused). Its bytes count against the receive window until `connection.consumed` gives them back.
   */
  onData(stream: Http2Stream, chunk: Buffer, start: number, end: number, endStream: boolean): void;
  onTrailers(stream: Http2Stream, trailers: HeaderList, fields: VolatileFields): void;
  /** The peer reset the stream, broke the protocol on it, or the connection is gone. Last event; the stream is closed. */
  onReset(stream: Http2Stream, errorCode: number, origin: 'peer' | 'protocol' | 'connection'): void;
  /** After `sendData` took less than it was offered: it can take more now. */
  onWritable(stream: Http2Stream): void;
}

/** What the user of a stream may ask of its connection; documented at `Http2Connection`. */
export interface StreamConnection {
  sendHead(stream: Http2Stream, head: HeaderList, fields: VolatileFields, endStream: boolean): void;
  sendInformational(stream: Http2Stream, head: HeaderList, fields: VolatileFields): void;
  sendData(stream: Http2Stream, chunk: Buffer, start: number, end: number, endStream: boolean): number;
  sendTrailers(stream: Http2Stream, trailers: HeaderList, fields: VolatileFields): void;
  reset(stream: Http2Stream, errorCode: number): void;
  consumed(stream: Http2Stream, bytes: number): void;
}

/** RFC 9113 §5.1, without the reserved states (push is off). */
export type StreamState = 'idle' | 'open' | 'half-closed (local)' | 'half-closed (remote)' | 'closed';

/**
 * One stream. Made by the connection only; user code reads `id`, `connection` and `state`, and owns `events`.
 *
 *     idle ──head──► open ──our end──► half-closed (local) ──┐
 *                     └──peer's end─► half-closed (remote) ──┴─► closed
 */
export class Http2Stream {
  /** 0 until the head of a stream that we opened is sent: ids go out in order. */
  id: number;
  readonly connection: StreamConnection;
  /** Who gets the events. May be replaced. */
  events: StreamEvents;
  /** Internal: bits, see below. */
  flags = 0;
  /** Internal: bytes the peer lets us send; may be negative after a SETTINGS change. */
  sendWindow: number;
  /** Internal: bytes the peer may still send. */
  receiveWindow: number;
  /** Internal: consumed bytes not yet given back. */
  returnable = 0;
  /** Internal: bytes that `content-length` still promises; -1: not said. */
  expectedBytes = -1;
  /** Internal: next in the queue of streams that wait to send. */
  nextQueued: Http2Stream | null = null;
  /** Internal, client role: when its head went. Whole milliseconds: a fraction would cost each stream a heap number. */
  openedMs = 0;

  constructor(
    connection: StreamConnection,
    id: number,
    events: StreamEvents,
    sendWindow: number,
    receiveWindow: number,
  ) {
    this.connection = connection;
    this.id = id;
    this.events = events;
    this.sendWindow = sendWindow;
    this.receiveWindow = receiveWindow;
  }

  /** The peer's GOAWAY says that it did not look at it: no fault of either side. */
  get wasLeftOut(): boolean {
    return (this.flags & LEFT_OUT) !== 0;
  }

  get state(): StreamState {
    const flags = this.flags;
    if (flags & (CLOSED | ABANDONED)) return 'closed';
    if (this.id === 0) return 'idle';
    if (flags & LOCAL_ENDED) return 'half-closed (local)';
    return flags & REMOTE_ENDED ? 'half-closed (remote)' : 'open';
  }
}

/** We sent END_STREAM. */
export const LOCAL_ENDED = 1;
/** The peer sent END_STREAM. */
export const REMOTE_ENDED = 2;
/** Both ended, or reset. */
export const CLOSED = 4;
/** The final head from the peer is here. */
export const HEAD_RECEIVED = 8;
/** Our final head is out. */
export const HEAD_SENT = 16;
/** `sendData` took less than offered: `onWritable` is due. */
export const WAITING = 32;
/** In the connection's queue of waiting streams. */
export const QUEUED = 64;
/** No body may follow the peer's head whatever its `content-length` says (answer to HEAD). */
export const NO_BODY = 128;
/** Reset by its user while its RST_STREAM is held back (see `ResetPacer`): closed to the user, open on the wire. */
export const ABANDONED = 256;
/** Above the last stream that the peer's GOAWAY named. */
export const LEFT_OUT = 512;
