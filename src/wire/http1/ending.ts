// SPDX-License-Identifier: Apache-2.0

import type { EndOrigin, EndReason, StreamEnd } from '../message/end-reason.ts';
import { Http1Outbound } from './outbound.ts';
import { CLOSED, type Http1Stream } from './stream.ts';

/** How a connection ends, once its output is written. */
type Ending = { readonly kind: 'finished' } | { readonly kind: 'broken'; readonly end: StreamEnd };

const FINISHED: Ending = { kind: 'finished' };

/**
 * The ends of an HTTP/1.1 connection, in both roles: of its stream, of our side, of it all. An end is decided where its reason is found, and
 * told when nothing else is under way. For `Http1Core`.
 */
export abstract class Http1Ending extends Http1Outbound {
  #ending: Ending | null = null;
  #hasTold = false;
  /** Of ours: its end is to be told. */
  #endsOutput = false;

  /** Nothing is read any more. */
  protected abstract leave(): void;

  /** Ends the stream, if there is one, before its time. */
  protected endStream(reason: EndReason, origin: EndOrigin, detail: string): void {
    const { stream } = this;
    if (stream === null) return;
    this.forgetStream(stream);
    stream.events.onEnded(stream, { reason, origin, detail });
  }

  protected forgetStream(stream: Http1Stream): void {
    stream.flags |= CLOSED;
    this.stream = null;
  }

  /** Our side ends before the peer's: a tunnel is half open. */
  protected endOutput(): void {
    this.#endsOutput = true;
  }

  /** All is said: the socket may end in order. */
  protected finish(): void {
    this.#ending ??= FINISHED;
    this.leave();
    this.signal();
  }

  protected override break(reason: EndReason, message: string): void {
    this.#break({ reason, origin: 'connection', detail: message });
  }

  /** The same because of what the peer sent. */
  protected breakByPeer(reason: EndReason, message: string): void {
    this.#break({ reason, origin: 'codec', detail: message });
  }

  #break(end: StreamEnd): void {
    this.#ending ??= { kind: 'broken', end };
    this.leave();
    this.signal();
  }

  /** The owner knows: nothing is told it. */
  protected endUntold(reason: EndReason): void {
    this.#hasTold = true;
    this.endStream(reason, 'connection', 'its connection was lost');
    this.leave();
  }

  protected tellEnds(): void {
    if (this.#endsOutput) {
      this.#endsOutput = false;
      this.events.onOutputEnded?.();
    }
    const ending = this.#ending;
    if (ending === null || this.#hasTold) return;
    this.#hasTold = true;
    if (ending.kind === 'finished') this.events.onFinished();
    else {
      const { end } = ending;
      this.endStream(end.reason, end.origin, end.detail);
      this.events.onFatal({ ...end, detail: end.reason }, end.detail);
    }
  }
}
