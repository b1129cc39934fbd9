// SPDX-License-Identifier: Apache-2.0

import type { MessageStream } from '../../wire/index.ts';
import { type BodyMemory, BodyPipe } from '../io/index.ts';
import { MAX_REPLAY_BYTES, Replay } from './replay.ts';

/** The request's body on its way to the endpoint: a `BodyPipe` that can begin again at another one, as long as no answer began. */
export class RequestPipe extends BodyPipe {
  /** False: the endpoint answers, or too much was sent. */
  isReplayable = true;
  #replay: Replay | null = null;
  /** Bytes at the head of the queue that the client's window has back already. */
  #rewoundBytes = 0;

  constructor(client: MessageStream, memory: BodyMemory) {
    super(client, memory);
  }

  /** From here on the request cannot be sent again. */
  releaseReplay(): void {
    this.isReplayable = false;
    if (this.#replay === null) return;
    this.besideBytes -= this.#replay.cost;
    this.#replay.drop();
    this.#replay = null;
  }

  /** Opens the client's window for `bytes` that wait: whoever waits for more of the body has seen them. */
  awaitMore(bytes: number): void {
    if (bytes === 0) return;
    this.#rewoundBytes += bytes;
    this.source?.consumed(bytes);
  }

  /** Puts what was sent back in front of what waits, for another endpoint. It was consumed already: only the cap counts it. */
  rewind(): void {
    const replay = this.#replay;
    if (replay === null) return;
    const queue = replay.toQueue();
    this.besideBytes -= replay.cost;
    this.#replay = null;
    // What a try before had not sent again yet is still at the head of the queue.
    this.#rewoundBytes += queue.bytes;
    if (this.queue !== null) queue.append(this.queue);
    this.queue = queue;
  }

  override discard(): void {
    const returned = this.#rewoundBytes;
    this.#rewoundBytes = 0;
    super.discard(returned);
  }

  override release(): void {
    super.release();
    this.#replay?.drop();
    this.#replay = null;
  }

  /** Opens the client's window again; not for bytes that were sent before, to another endpoint. */
  protected override taken(chunk: Buffer, start: number, end: number): void {
    const again = Math.min(end - start, this.#rewoundBytes);
    this.#rewoundBytes -= again;
    if (end - start > again) this.source?.consumed(end - start - again);
    if (this.isReplayable) this.#keep(chunk, start, end);
  }

  #keep(chunk: Buffer, start: number, end: number): void {
    const replay = this.#replay;
    if ((replay === null ? 0 : replay.bytes) + end - start > MAX_REPLAY_BYTES) {
      this.releaseReplay();
      return;
    }
    const before = replay === null ? 0 : replay.cost;
    if (replay === null) this.#replay = new Replay(this.memory, chunk, start, end);
    else replay.keep(chunk, start, end);
    this.besideBytes += (this.#replay as Replay).cost - before;
  }
}
