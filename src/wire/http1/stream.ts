// SPDX-License-Identifier: Apache-2.0

import type { HeaderList } from '../head/header-list.ts';
import type { VolatileFields } from '../head/volatile-fields.ts';
import type { EndReason } from '../message/end-reason.ts';
import type { MessageEvents, MessageStream } from '../message/message-stream.ts';

/** The stream's connection, in either role, as its stream sees it. */
export interface StreamCarrier {
  sendHead(stream: Http1Stream, head: HeaderList, fields: VolatileFields, end: boolean): void;
  sendInformational(stream: Http1Stream, head: HeaderList, fields: VolatileFields): void;
  sendData(stream: Http1Stream, chunk: Buffer, start: number, end: number, last: boolean): number;
  sendTrailers(stream: Http1Stream, trailers: HeaderList, fields: VolatileFields): void;
  upgrade(stream: Http1Stream, head: HeaderList, fields: VolatileFields): void;
  reset(stream: Http1Stream, reason: EndReason): void;
  consumed(stream: Http1Stream, bytes: number): void;
}

/** We sent all. */
export const LOCAL_ENDED = 1;
/** The peer sent all. */
export const REMOTE_ENDED = 2;
/** Both, or it was ended. */
export const CLOSED = 4;
/** Our final head is out. */
export const HEAD_SENT = 8;
/** The peer's final head is here. */
export const HEAD_RECEIVED = 16;
/** `sendData` took less than offered: `onWritable` is due. */
export const WAITING = 32;

/** One request and its response. Made by its connection, of which it is the only open one. */
export class Http1Stream implements MessageStream {
  readonly id: number;
  events: MessageEvents;
  /** Internal: bits, see above. */
  flags = 0;
  readonly #carrier: StreamCarrier;

  constructor(carrier: StreamCarrier, id: number, events: MessageEvents) {
    this.#carrier = carrier;
    this.id = id;
    this.events = events;
  }

  get version(): 'HTTP/1.1' {
    return 'HTTP/1.1';
  }

  get isShared(): boolean {
    return false;
  }

  get grantStatus(): number {
    return 101;
  }

  get isClosed(): boolean {
    return (this.flags & CLOSED) !== 0;
  }

  mayUpgrade(): boolean {
    return true;
  }

  /** Peers of this version do not say what they take. */
  takesList(): boolean {
    return true;
  }

  sendHead(head: HeaderList, fields: VolatileFields, end: boolean): void {
    if ((this.flags & (CLOSED | HEAD_SENT)) === 0) this.#carrier.sendHead(this, head, fields, end);
  }

  sendInformational(head: HeaderList, fields: VolatileFields): void {
    if ((this.flags & (CLOSED | HEAD_SENT)) === 0) this.#carrier.sendInformational(this, head, fields);
  }

  sendData(chunk: Buffer, start: number, end: number, last: boolean): number {
    if (this.flags & (CLOSED | LOCAL_ENDED)) return end - start;
    return this.#carrier.sendData(this, chunk, start, end, last);
  }

  sendTrailers(trailers: HeaderList, fields: VolatileFields): void {
    if ((this.flags & (CLOSED | LOCAL_ENDED)) === 0) this.#carrier.sendTrailers(this, trailers, fields);
  }

  upgrade(head: HeaderList, fields: VolatileFields): void {
    if ((this.flags & (CLOSED | HEAD_SENT)) === 0) this.#carrier.upgrade(this, head, fields);
  }

  reset(reason: EndReason): void {
    if ((this.flags & CLOSED) === 0) this.#carrier.reset(this, reason);
  }

  consumed(bytes: number): void {
    if ((this.flags & CLOSED) === 0) this.#carrier.consumed(this, bytes);
  }
}
