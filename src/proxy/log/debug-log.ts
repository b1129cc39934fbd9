// SPDX-License-Identifier: Apache-2.0

import type { Clock } from '../../time/index.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Lines of one worker in a second: enough to follow requests one by one, not enough to choke whoever writes them. */
const LINES_PER_SECOND = 2_000;
const SECOND_MS = 1_000;
/** Of a value that a client chose. */
const MAX_VALUE_LENGTH = 512;

/** What happens to single requests and connections, while somebody wants to know. Off, it costs one comparison. */
export class DebugLog {
  /** Ask before anything is put together for `say`. */
  isOn = false;
  readonly #write: (message: string, fields: Fields) => void;
  readonly #clock: Clock;
  #startMs = 0;
  #lines = 0;
  #suppressed = 0;

  constructor(write: (message: string, fields: Fields) => void, clock: Clock) {
    this.#write = write;
    this.#clock = clock;
  }

  say(message: string, fields: Fields): void {
    if (!this.isOn) return;
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#startMs >= SECOND_MS) {
      this.#startMs = nowMs;
      this.#lines = 0;
    }
    if (this.#lines >= LINES_PER_SECOND) {
      this.#suppressed++;
      return;
    }
    this.#lines++;
    const all = this.#suppressed === 0 ? fields : { ...fields, suppressed: this.#suppressed };
    this.#suppressed = 0;
    this.#write(message, clipped(all));
  }
}

function clipped(fields: Fields): Fields {
  const entries = Object.entries(fields).map(([key, value]) => [
    key,
    typeof value === 'string' ? value.slice(0, MAX_VALUE_LENGTH) : value,
  ]);
  return Object.fromEntries(entries) as Fields;
}
