// SPDX-License-Identifier: Apache-2.0

import type { HeaderList } from '../head/header-list.ts';
import type { VolatileFields } from '../head/volatile-fields.ts';
import type { EndReason } from '../message/end-reason.ts';
import type { MessageConnectionEvents } from '../message/message-connection.ts';
import { Output, type OutputSink } from '../output/output.ts';
import { BodyWriter } from './body-writer.ts';
import { headBlock } from './head-encoder.ts';
import type { HeadMemory } from './head-memory.ts';
import { PLAIN, writeHead } from './head-writer.ts';
import type { Http1Limits } from './limits.ts';
import { type Http1Stream, WAITING } from './stream.ts';

export interface Http1ConnectionOptions {
  readonly events: MessageConnectionEvents;
  readonly limits: Http1Limits;
  /** One per worker: connections that share it share heads, lists and output memory. */
  readonly memory: HeadMemory;
}

/**
 * What leaves an HTTP/1.1 connection, in both roles: our message behind its head, how much of it may wait, and that the owner is told once
 * of output that it has not taken. For `Http1Core`.
 */
export abstract class Http1Outbound {
  readonly events: MessageConnectionEvents;
  readonly limits: Http1Limits;
  readonly memory: HeadMemory;
  readonly output: Output;
  readonly writer: BodyWriter;
  /** What is being exchanged; null: nothing, or the rest of a request that nobody wants. */
  stream: Http1Stream | null = null;
  isBlocked = false;
  #isSignalled = false;

  constructor(options: Http1ConnectionOptions) {
    this.events = options.events;
    this.limits = options.limits;
    this.memory = options.memory;
    this.output = new Output(options.memory.lists.slabs);
    this.writer = new BodyWriter(this.output);
  }

  /** Reads what waited, and tells the owner what changed. */
  protected abstract settle(): void;
  /** We sent all of the stream's message. */
  protected abstract endLocally(stream: Http1Stream): void;
  /** The connection cannot go on, and its peer must not take what it got for a whole message. The stream is told, when there is one. */
  protected abstract break(reason: EndReason, message: string): void;

  takeOutput(sink: OutputSink): void {
    this.#isSignalled = false;
    this.output.take(sink);
    if (sink.hasFailed !== true) this.onHandedOver();
    this.#wake();
    this.settle();
  }

  deferOutput(): number {
    this.#isSignalled = false;
    return this.output.heldBytes;
  }

  outputBlocked(blocked: boolean): void {
    this.isBlocked = blocked;
    if (blocked) return;
    this.output.written();
    this.#wake();
    this.settle();
  }

  sendData(stream: Http1Stream, chunk: Buffer, start: number, end: number, last: boolean): number {
    const wanted = end - start;
    const taken = wanted === 0 ? 0 : Math.min(wanted, this.sendable());
    if (taken > 0) this.writer.write(chunk, start, start + taken);
    if (last && taken === wanted) {
      this.writer.end(false);
      this.endLocally(stream);
    } else if (taken < wanted) stream.flags |= WAITING;
    this.wrote();
    return taken;
  }

  sendTrailers(stream: Http1Stream, trailers: HeaderList, fields: VolatileFields): void {
    const block = headBlock(trailers, this.memory.lists);
    const hasTrailers = this.writer.takesTrailers && block !== 'unspeakable';
    this.writer.end(hasTrailers);
    if (hasTrailers) writeHead(this.output, block.bytes, fields, PLAIN);
    this.endLocally(stream);
    this.wrote();
  }

  /** How much `sendData` may take now. */
  protected sendable(): number {
    const { outputHighWaterBytes } = this.limits;
    return this.isBlocked || this.output.queuedBytes >= outputHighWaterBytes ? 0 : outputHighWaterBytes;
  }

  /** Output left. */
  protected onHandedOver(): void {}

  /** After a part of our message. */
  protected wrote(): void {
    if (this.writer.isBroken) this.break('protocol', 'a body is not as long as its head says');
    this.signal();
  }

  /** There is output, or an end, or something to settle. */
  protected signal(): void {
    if (this.#isSignalled) return;
    this.#isSignalled = true;
    this.events.onOutput();
  }

  #wake(): void {
    const { stream } = this;
    if (stream === null || (stream.flags & WAITING) === 0 || this.sendable() === 0) return;
    stream.flags &= ~WAITING;
    stream.events.onWritable(stream);
  }
}
