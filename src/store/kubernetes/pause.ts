// SPDX-License-Identifier: Apache-2.0

import type { Clock } from '../../time/index.ts';

/** A wait that can be cut short. One at a time. */
export class Pause {
  readonly #clock: Pick<Clock, 'after'>;
  #end: () => void = () => undefined;

  constructor(clock: Pick<Clock, 'after'>) {
    this.#clock = clock;
  }

  /** Resolves when the time is over, or at `end`. */
  last(delayMs: number): Promise<void> {
    return new Promise(resolve => {
      const timer = this.#clock.after(delayMs, resolve);
      this.#end = () => {
        timer.cancel();
        resolve();
      };
    });
  }

  /** No effect while nobody waits. */
  end(): void {
    this.#end();
  }
}
