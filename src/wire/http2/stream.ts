// SPDX-License-Identifier: Apache-2.0

import type { Http2Connection } from './connection.ts';
import type { StreamEvents } from './events.ts';

/** RFC 9113 §5.1, without the reserved states (push is off). */
export type StreamState = 'idle' | 'open' | 'half-closed (local)' | 'half-closed (remote)' | 'closed';

/**
 * One stream. Made by the connection only; user code reads `id`, `connection` and `state`, and owns `events` and `context`.
 *
 *     idle ──head──► open ──our end──► half-closed (local) ──┐
 *                     └──peer's end─► half-closed (remote) ──┴─► closed
 */
export class Http2Stream {
  /** 0 until the head of a stream that we opened is sent: ids go out in order. */
  id: number;
  readonly connection: Http2Connection;
  /** Who gets the events. May be replaced. */
  events: StreamEvents;
  /** The user's slot; the connection never reads it. */
  context: unknown = undefined;
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
  /** Internal: the connection's `nowMs` when it was opened. */
  openedMs = 0;

  constructor(
    connection: Http2Connection,
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

  get state(): StreamState {
    const flags = this.flags;
    if (flags & CLOSED) return 'closed';
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
