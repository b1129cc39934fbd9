// SPDX-License-Identifier: Apache-2.0

import type { HeaderList, MessageStream, VolatileFields } from '../../wire/index.ts';
import type { BodyMemory } from './body-memory.ts';
import { BodyQueue } from './body-queue.ts';
import { fieldBytes } from './memory-cost.ts';

const NOTHING = Buffer.alloc(0);

/**
 * One direction of a message behind its head: what the source sends goes to the sink at once, in views of the input; what the
 * sink does not take waits, and the source's window stays shut for it.
 *
 *     source ──count, write──► (queue) ──flush──► sink
 *       ▲                                          │
 *       └───────────── consumed ◄── taken ─────────┘
 *
 * Allocates a queue when a side is slow, else nothing. Whoever owns it compares `cost` before and after a call, and books the difference.
 */
export class BodyPipe {
  /** Payload that came. */
  bytes = 0;
  /** The source has sent all. */
  ended = false;
  /** After the payload; null: none, or they are not here. */
  trailers: HeaderList | null = null;
  trailerFields: VolatileFields = null;
  /** Whose window opens as the sink takes bytes; null: nobody's. */
  source: MessageStream | null;
  /** Memory beside the queue. */
  protected besideBytes = 0;
  protected queue: BodyQueue | null = null;
  protected readonly memory: BodyMemory;

  constructor(source: MessageStream | null, memory: BodyMemory) {
    this.source = source;
    this.memory = memory;
  }

  /** Payload waits for the sink. */
  get isWaiting(): boolean {
    return this.queue !== null;
  }

  /** Payload that waits. */
  get waitingBytes(): number {
    return this.queue === null ? 0 : this.queue.bytes;
  }

  /** Nothing more will come, and nothing waits. */
  get isDone(): boolean {
    return this.ended && this.queue === null && this.trailers === null;
  }

  /** Memory that it keeps alive, in bytes. */
  get cost(): number {
    return this.queue === null ? this.besideBytes : this.besideBytes + this.queue.cost;
  }

  /** `bytes` of payload came; `last`: it was all. Whatever becomes of them. */
  count(bytes: number, last: boolean): void {
    this.bytes += bytes;
    if (last) this.ended = true;
  }

  /** Takes what was counted just now. True: all of it went out, and with it the end if there is one. `sink` null: not there yet. */
  write(sink: MessageStream | null, chunk: Buffer, start: number, end: number): boolean {
    let at = start;
    if (sink !== null && this.queue === null) {
      at += this.#send(sink, chunk, start, end, this.ended);
      if (at === end) return true;
    }
    if (at === end) return false;
    this.queue ??= new BodyQueue(this.memory.pages);
    this.queue.push(chunk, at, end);
    return false;
  }

  /** The trailers came, and with them the end. `flush` sends them. */
  finish(trailers: HeaderList, fields: VolatileFields): void {
    this.ended = true;
    this.trailers = trailers;
    this.trailerFields = fields;
    this.besideBytes += trailers.bytes + fieldBytes(fields);
  }

  /** Sends what waits; true: nothing does any more, trailers included. */
  flush(sink: MessageStream): boolean {
    const { queue } = this;
    if (queue !== null) {
      while (!queue.isEmpty) {
        const { chunk, start, end } = queue;
        const isLast = this.ended && queue.hasOne;
        if (!queue.take(this.#send(sink, chunk, start, end, isLast))) break;
      }
      if (!queue.isEmpty) return false;
      this.queue = null;
    }
    if (this.trailers !== null) this.#sendTrailers(sink, this.trailers);
    return true;
  }

  /** Those of which none passed are none: clients are known that choke on a block without fields. */
  #sendTrailers(sink: MessageStream, trailers: HeaderList): void {
    if (trailers.names.length > 0 || this.trailerFields !== null) sink.sendTrailers(trailers, this.trailerFields);
    else sink.sendData(NOTHING, 0, 0, true);
  }

  /** Shows what waits, and the end if it is known. */
  show(to: { data(chunk: Buffer, start: number, end: number, last: boolean): void; end(): void }): void {
    if (this.queue !== null) this.queue.show(to, this.ended);
    else if (this.ended) to.end();
  }

  /** Nobody wants what waits: the source may send on. `returned`: of it, what the source's window has back already. */
  discard(returned = 0): void {
    const bytes = this.waitingBytes - returned;
    this.queue?.clear();
    this.queue = null;
    if (bytes > 0) this.source?.consumed(bytes);
  }

  /** What waits is for nobody any more; it was not sent. */
  drop(): void {
    this.bytes -= this.waitingBytes;
    this.queue?.clear();
    this.queue = null;
  }

  /** Lets go of everything. */
  release(): void {
    this.queue?.clear();
    this.queue = null;
    this.trailers = null;
    this.trailerFields = null;
    this.besideBytes = 0;
  }

  /** The sink took `chunk[start, end)`, which is not empty. */
  protected taken(_chunk: Buffer, start: number, end: number): void {
    this.source?.consumed(end - start);
  }

  #send(sink: MessageStream, chunk: Buffer, start: number, end: number, isLast: boolean): number {
    const taken = sink.sendData(chunk, start, end, isLast && this.trailers === null);
    if (taken > 0) this.taken(chunk, start, start + taken);
    return taken;
  }
}
