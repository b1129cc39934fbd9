// SPDX-License-Identifier: Apache-2.0

import type { HeaderList } from '../head/header-list.ts';
import type { VolatileFields } from '../head/volatile-fields.ts';
import type { EndReason } from '../message/end-reason.ts';
import type { MessageEvents, MessageStream } from '../message/message-stream.ts';
import type { GrownWindow } from '../message/window-account.ts';
import { codeOf } from './end-words.ts';
import { listSize } from './list-size.ts';
import { NO_LIMIT } from './settings.ts';

/** What a stream asks of its connection. */
export interface StreamConnection {
  sendHead(stream: Http2Stream, head: HeaderList, fields: VolatileFields, end: boolean): void;
  sendInformational(stream: Http2Stream, head: HeaderList, fields: VolatileFields): void;
  sendData(stream: Http2Stream, chunk: Buffer, start: number, end: number, last: boolean): number;
  sendTrailers(stream: Http2Stream, trailers: HeaderList, fields: VolatileFields): void;
  upgrade(stream: Http2Stream, head: HeaderList, fields: VolatileFields): void;
  reset(stream: Http2Stream, errorCode: number): void;
  readonly peer: { readonly takesExtendedConnect: boolean; readonly maxHeaderListBytes: number };
  consumed(stream: Http2Stream, bytes: number): void;
}

/** RFC 9113 §5.1, without the reserved states (push is off). */
export type StreamState = 'idle' | 'open' | 'half-closed (local)' | 'half-closed (remote)' | 'closed';

/** One stream. Made by the connection only, which holds all the rules: see there. Users see a `MessageStream`. */
export class Http2Stream implements MessageStream {
  /** Ids go out in order. */
  id: number;
  /** Internal. */
  readonly connection: StreamConnection;
  events: MessageEvents;
  /** Internal: bits, see below. */
  flags = 0;
  /** Internal: bytes the peer lets us send; may be negative after a SETTINGS change. */
  sendWindow: number;
  /** Internal: bytes the peer may still send. */
  receiveWindow: number;
  /** Internal: consumed bytes not yet given back. */
  returnable = 0;
  /** Internal: what its window has grown by (see `WindowGrowth`), and when bytes were given back last. */
  grown: GrownWindow | null = null;
  returnedMs = 0;
  /** Internal: bytes that `content-length` still promises; -1: not said. */
  expectedBytes = -1;
  /** Internal: next in the queue of streams that wait to send. */
  nextQueued: Http2Stream | null = null;
  /** Internal, client role: when its head went. Whole milliseconds: a fraction would cost each stream a heap number. */
  openedMs = 0;

  constructor(
    connection: StreamConnection,
    id: number,
    events: MessageEvents,
    sendWindow: number,
    receiveWindow: number,
  ) {
    this.connection = connection;
    this.id = id;
    this.events = events;
    this.sendWindow = sendWindow;
    this.receiveWindow = receiveWindow;
  }

  get version(): 'HTTP/2' {
    return 'HTTP/2';
  }

  get isShared(): boolean {
    return true;
  }

  /** RFC 8441 §5. */
  get grantStatus(): number {
    return 200;
  }

  get isClosed(): boolean {
    return (this.flags & (CLOSED | ABANDONED)) !== 0;
  }

  /** Extended CONNECT stands for GET alone (RFC 8441 §5). */
  mayUpgrade(head: HeaderList): boolean {
    return this.connection.peer.takesExtendedConnect && head.get(':method') === 'GET';
  }

  takesList(list: HeaderList, fields: VolatileFields): boolean {
    const { maxHeaderListBytes } = this.connection.peer;
    return maxHeaderListBytes === NO_LIMIT || listSize(list, fields, maxHeaderListBytes) <= maxHeaderListBytes;
  }

  sendHead(head: HeaderList, fields: VolatileFields, end: boolean): void {
    this.connection.sendHead(this, head, fields, end);
  }

  sendInformational(head: HeaderList, fields: VolatileFields): void {
    this.connection.sendInformational(this, head, fields);
  }

  sendData(chunk: Buffer, start: number, end: number, last: boolean): number {
    return this.connection.sendData(this, chunk, start, end, last);
  }

  sendTrailers(trailers: HeaderList, fields: VolatileFields): void {
    this.connection.sendTrailers(this, trailers, fields);
  }

  upgrade(head: HeaderList, fields: VolatileFields): void {
    this.connection.upgrade(this, head, fields);
  }

  reset(reason: EndReason): void {
    this.connection.reset(this, codeOf(reason));
  }

  consumed(bytes: number): void {
    this.connection.consumed(this, bytes);
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
/** Client role: its head asks for an upgrade, and there is no answer yet. */
export const ASKS_UPGRADE = 512;
/** An upgrade that its client asks for, or its server granted: of the peer only DATA may follow (RFC 9113 §8.5). */
export const TUNNEL = 1024;
