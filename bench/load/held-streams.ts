// SPDX-License-Identifier: Apache-2.0

import { Metadata, status } from '@grpc/grpc-js';
import { grpcClient, type Place } from './callers.ts';

/** Streams that stay open for a while: the watch of a health service, which says one thing and then nothing. */
export class HeldStreams {
  /** Streams that nobody wanted to end, by how they ended. */
  readonly ended = new Map<string, number>();
  /** Streams that were ended by us, in their time. */
  closed = 0;
  readonly #client: ReturnType<typeof grpcClient>;
  readonly #holdMs: number;
  readonly #timers = new Set<NodeJS.Timeout>();
  #isOver = false;

  /** `count` at a time, each for `holdMs`, one after the other. */
  constructor(place: Place, count: number, holdMs: number) {
    this.#client = grpcClient(place);
    this.#holdMs = holdMs;
    for (let at = 0; at < count; at++) this.#later(() => this.#open(), (holdMs * at) / count);
  }

  close(): void {
    this.#isOver = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#client.close();
  }

  #later(run: () => void, ms: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    this.#timers.add(timer);
  }

  #open(): void {
    if (this.#isOver) return;
    const bytes = (value: Buffer): Buffer => value;
    const call = this.#client.makeServerStreamRequest(
      '/grpc.health.v1.Health/Watch',
      bytes,
      bytes,
      Buffer.alloc(0),
      new Metadata(),
    );
    let isOurs = false;
    this.#later(() => {
      isOurs = true;
      call.cancel();
    }, this.#holdMs);
    call.on('data', () => undefined);
    call.on('error', (error: Error & { code?: number; details?: string }) => {
      if (isOurs && error.code === status.CANCELLED) this.closed++;
      else if (!this.#isOver) this.#note(`${error.code} ${error.details}`);
      this.#later(() => this.#open(), 100);
    });
    call.on('end', () => undefined);
  }

  #note(how: string): void {
    this.ended.set(how, (this.ended.get(how) ?? 0) + 1);
  }
}
