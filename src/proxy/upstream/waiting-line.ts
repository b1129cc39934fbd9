// SPDX-License-Identifier: Apache-2.0

import type { UpstreamRequest } from './upstream-request.ts';

/** A request that waits for a stream. */
export class WaitingRequest {
  readonly request: UpstreamRequest;
  /** Keys of the endpoints that could not be reached for it. */
  readonly tried: string[] = [];
  /** Where it waits now; null: nowhere. */
  line: WaitingLine | null = null;
  next: WaitingRequest | null = null;
  previous: WaitingRequest | null = null;

  constructor(request: UpstreamRequest) {
    this.request = request;
  }
}

/** Requests in the order in which they came: a doubly linked list. O(1) at both ends and for one that leaves in between. */
export class WaitingLine {
  length = 0;
  #first: WaitingRequest | null = null;
  #last: WaitingRequest | null = null;

  get first(): WaitingRequest | null {
    return this.#first;
  }

  push(waiting: WaitingRequest): void {
    waiting.line = this;
    waiting.previous = this.#last;
    if (this.#last === null) this.#first = waiting;
    else this.#last.next = waiting;
    this.#last = waiting;
    this.length += 1;
  }

  /** `waiting` is in this line. */
  remove(waiting: WaitingRequest): void {
    const { next, previous } = waiting;
    if (previous === null) this.#first = next;
    else previous.next = next;
    if (next === null) this.#last = previous;
    else next.previous = previous;
    waiting.line = null;
    waiting.next = null;
    waiting.previous = null;
    this.length -= 1;
  }

  /** The first that is fit; null: none is. */
  find(isFit: (waiting: WaitingRequest) => boolean): WaitingRequest | null {
    let waiting = this.#first;
    while (waiting !== null && !isFit(waiting)) waiting = waiting.next;
    return waiting;
  }

  /** All of them, in order: for a walk on which some may leave. */
  all(): WaitingRequest[] {
    const all: WaitingRequest[] = [];
    for (let waiting = this.#first; waiting !== null; waiting = waiting.next) all.push(waiting);
    return all;
  }

  /** Takes all of them out, in order. */
  clear(): WaitingRequest[] {
    const all = this.all();
    for (const waiting of all) this.remove(waiting);
    return all;
  }
}
