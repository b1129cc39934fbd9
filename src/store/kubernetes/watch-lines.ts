// SPDX-License-Identifier: Apache-2.0

/** The API server refuses objects over 3 MiB; a line has one, and its frame. */
export const MAX_WATCH_LINE_BYTES = 16 * 1024 * 1024;

/**
 * Cuts a stream of bytes into its lines. `push` throws a RangeError for a line that is too long; what stands after the last
 * line break waits for the next chunk.
 */
export class WatchLines {
  readonly #onLine: (line: string) => void;
  #parts: Buffer[] = [];
  #waitingBytes = 0;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      this.#take(chunk.subarray(start, end));
      this.#emit();
      start = end + 1;
    }
    if (start < chunk.length) this.#take(chunk.subarray(start));
  }

  #take(part: Buffer): void {
    this.#waitingBytes += part.length;
    if (this.#waitingBytes > MAX_WATCH_LINE_BYTES) throw new RangeError('an event of a watch is too large');
    this.#parts.push(part);
  }

  #emit(): void {
    const [first = EMPTY] = this.#parts;
    const line = this.#parts.length === 1 ? first.toString() : Buffer.concat(this.#parts).toString();
    this.#parts = [];
    this.#waitingBytes = 0;
    if (line !== '') this.#onLine(line);
  }
}

const LINE_FEED = 0x0a;
const EMPTY = Buffer.alloc(0);
