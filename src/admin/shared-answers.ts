// SPDX-License-Identifier: Apache-2.0
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AdminAnswer } from './admin-answer.ts';

/**
 * Of each large page one answer is made at a time, and those who ask meanwhile share the next one: a dump of 10,000 routes holds the thread for
 * half a second. An answer is begun after all who get it have asked, so nobody is told what was so before.
 */
export class SharedAnswers {
  /** Not begun yet, by page. */
  readonly #waiting = new Map<string, Promise<AdminAnswer>>();
  /** Not given yet, by page: the last one that was asked for. */
  readonly #last = new Map<string, Promise<AdminAnswer>>();

  /** `make` says what `page` shows now. Rejects as it does. */
  next(page: string, make: () => AdminAnswer | Promise<AdminAnswer>): Promise<AdminAnswer> {
    const waiting = this.#waiting.get(page);
    if (waiting !== undefined) return waiting;
    const made = this.#make(page, make);
    this.#waiting.set(page, made);
    this.#last.set(page, made);
    return made;
  }

  async #make(page: string, make: () => AdminAnswer | Promise<AdminAnswer>): Promise<AdminAnswer> {
    const before = this.#last.get(page);
    await before?.catch(() => {});
    // Whoever asked with the first one, and all else that waits, goes before it.
    await nextTurn();
    const own = this.#waiting.get(page);
    this.#waiting.delete(page);
    try {
      return inBytes(await make());
    } finally {
      if (this.#last.get(page) === own) this.#last.delete(page);
    }
  }
}

/** One copy for all who share it. */
function inBytes(answer: AdminAnswer): AdminAnswer {
  return typeof answer.body === 'string' ? { ...answer, body: Buffer.from(answer.body) } : answer;
}
