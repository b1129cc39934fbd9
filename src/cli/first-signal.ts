// SPDX-License-Identifier: Apache-2.0

import { systemClock } from '../time/index.ts';

/** Ctrl-C reaches a process once from the terminal and again through npm or the launcher: those are one signal. */
const SAME_SIGNAL_MS = 500;

/** Tells a first signal to stop from a second one. */
export class FirstSignal {
  /** Resolves with the name of the first. */
  readonly first: Promise<string>;
  readonly #onSecond: () => void;
  #resolve: (signal: string) => void = () => undefined;
  #firstMs: number | null = null;

  /** `onSecond`: called for each signal that comes later than the first. */
  constructor(onSecond: () => void) {
    this.#onSecond = onSecond;
    this.first = new Promise(resolve => {
      this.#resolve = resolve;
    });
  }

  take(signal: string): void {
    if (this.#firstMs === null) {
      this.#firstMs = systemClock.nowMs();
      this.#resolve(signal);
    } else if (systemClock.nowMs() - this.#firstMs > SAME_SIGNAL_MS) {
      this.#onSecond();
    }
  }
}
