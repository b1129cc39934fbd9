// SPDX-License-Identifier: Apache-2.0

import type { HeaderList, MessageEvents, MessageStream, VolatileFields } from '../../wire/index.ts';
import type { SocketLoop, WheelTimer } from '../io/index.ts';

/** The client has this long to read its answer. */
const MAX_LINGER_MS = 1_000;
/** So much is read and dropped meanwhile. */
const MAX_UNWANTED_BYTES = 4_194_304;

/**
 * The rest of a request that was answered before it was whole, on a connection of many streams. A reset may follow an answer at once (RFC
 * 9113 §8.1), but clients that still send meet it first and lose the answer: curl 7.88, or httpx, which waits for a window. So the client
 * may go on for a while; most end their request, and no reset is due. Owns one timer.
 */
export class UnwantedRest implements MessageEvents, WheelTimer {
  wheelNext: WheelTimer | null = null;
  wheelPrevious: WheelTimer | null = null;
  wheelTick = 0;
  readonly #stream: MessageStream;
  readonly #loop: SocketLoop;
  #bytes = 0;

  /** Has the events of `stream` from now on, whose response is out. */
  constructor(stream: MessageStream, loop: SocketLoop) {
    this.#stream = stream;
    this.#loop = loop;
    stream.events = this;
    loop.deadlines.arm(this, loop.nowMs + MAX_LINGER_MS);
  }

  onData(stream: MessageStream, _chunk: Buffer, start: number, end: number, last: boolean): void {
    this.#bytes += end - start;
    if (last) this.onEnded();
    else if (this.#bytes > MAX_UNWANTED_BYTES) this.#reset();
    else stream.consumed(end - start);
  }

  onTrailers(_stream: MessageStream, _trailers: HeaderList, _fields: VolatileFields): void {
    this.onEnded();
  }

  onEnded(): void {
    this.#loop.deadlines.disarm(this);
  }

  onTimer(): void {
    this.#reset();
  }

  onHead(): void {}
  onInformational(): void {}
  onWritable(): void {}

  #reset(): void {
    this.onEnded();
    if (!this.#stream.isClosed) this.#stream.reset('done');
  }
}
