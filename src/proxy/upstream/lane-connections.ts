// SPDX-License-Identifier: Apache-2.0

import type { MessageConnection, MessageStream } from '../../wire/index.ts';
import type { UpstreamConnection } from './upstream-connection.ts';
import type { UpstreamRequest } from './upstream-request.ts';

/** The connections of one lane, and which of them the next stream is tried on first. */
export class LaneConnections {
  /** Those that are connecting or draining included. */
  readonly all: UpstreamConnection[] = [];
  /** Where the next stream is tried first; null: nothing is connected. */
  #current: MessageConnection | null = null;

  /** One takes streams. */
  get hasOpen(): boolean {
    return this.#current !== null;
  }

  /** One is open, and its peer does not leave. */
  get hasUsable(): boolean {
    return this.all.some(({ state, messages }) => state === 'open' && messages?.isPeerLeaving === false);
  }

  /** See `Lane.openStream`. */
  openStream(request: UpstreamRequest): MessageStream | null {
    const current = this.#current;
    if (current === null) return null;
    return current.openStream(request) ?? this.#openElsewhere(request);
  }

  isCurrent({ messages }: UpstreamConnection): boolean {
    return this.#current !== null && this.#current === messages;
  }

  /** The next stream is tried on it first. */
  prefer({ messages }: UpstreamConnection): void {
    this.#current = messages;
  }

  /** It takes no more streams: another open one does from now on, if there is any. */
  preferOtherThan(connection: UpstreamConnection): void {
    if (!this.isCurrent(connection)) return;
    this.#current = this.all.find(other => other !== connection && other.state === 'open')?.messages ?? null;
  }

  /** None takes new streams, whatever its state. */
  preferNone(): void {
    this.#current = null;
  }

  remove(connection: UpstreamConnection): void {
    this.all.splice(this.all.indexOf(connection), 1);
  }

  drain(): void {
    this.#current = null;
    for (const connection of [...this.all]) connection.drain();
  }

  #openElsewhere(request: UpstreamRequest): MessageStream | null {
    for (const { state, messages } of this.all) {
      if (state !== 'open' || messages === null || messages === this.#current) continue;
      const stream = messages.openStream(request);
      if (stream === null) continue;
      this.#current = messages;
      return stream;
    }
    return null;
  }
}
