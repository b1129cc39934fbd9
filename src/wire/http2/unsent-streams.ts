// SPDX-License-Identifier: Apache-2.0

import type { Http2Stream } from './stream.ts';

/** Streams of ours that are opened and have no id yet. Nearly always none or one, which costs no more than a field. */
export class UnsentStreams {
  #one: Http2Stream | null = null;
  #others: Set<Http2Stream> | null = null;

  get count(): number {
    return (this.#one === null ? 0 : 1) + (this.#others?.size ?? 0);
  }

  add(stream: Http2Stream): void {
    if (this.#one === null) {
      this.#one = stream;
      return;
    }
    this.#others ??= new Set();
    this.#others.add(stream);
  }

  delete(stream: Http2Stream): void {
    if (this.#one === stream) this.#one = null;
    else this.#others?.delete(stream);
  }

  all(): Http2Stream[] {
    const streams = this.#one === null ? [] : [this.#one];
    return this.#others === null ? streams : [...streams, ...this.#others];
  }
}
