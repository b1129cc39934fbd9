// SPDX-License-Identifier: Apache-2.0

/** Lines of the log that are kept for support bundles: an hour of a quiet gateway, and seconds of one at level debug. */
const MAX_LINES = 500;
/** Of one line, in characters; together with the number of lines 1 MiB at most. */
const MAX_LINE_LENGTH = 2_048;

/** The last lines that were written, the oldest first. */
export class RecentLines {
  readonly #lines: string[] = [];
  /** Where the next one goes once it is full. */
  #at = 0;

  add(line: string): void {
    const kept = line.slice(0, MAX_LINE_LENGTH).trimEnd();
    if (this.#lines.length < MAX_LINES) {
      this.#lines.push(kept);
      return;
    }
    this.#lines[this.#at] = kept;
    this.#at = (this.#at + 1) % MAX_LINES;
  }

  get all(): readonly string[] {
    return [...this.#lines.slice(this.#at), ...this.#lines.slice(0, this.#at)];
  }
}
