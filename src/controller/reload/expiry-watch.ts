// SPDX-License-Identifier: Apache-2.0

import type { Snapshot } from '../../snapshot/index.ts';
import type { Clock, Timer } from '../../time/index.ts';
import { nextExpiryMs } from '../../translate/index.ts';

/** The wall clock may be set, timers have an end, and of trust only translation knows the dates. */
const LOOK_AGAIN_MS = 86_400_000;

/**
 * What is said of certificates changes although nothing is written: they come near their end, and to it. Asks for a reload at that moment, and
 * once a day while there are any. Owns its timer; `stop` ends it.
 */
export class ExpiryWatch {
  readonly #clock: Clock;
  readonly #onTurn: () => void;
  #timer: Timer | null = null;

  constructor(clock: Clock, onTurn: () => void) {
    this.#clock = clock;
    this.#onTurn = onTurn;
  }

  /** After each reload: what is served now. */
  follow({ certificates, trustBundles }: Pick<Snapshot, 'certificates' | 'trustBundles'>): void {
    this.stop();
    if (certificates.length + trustBundles.length === 0) return;
    const nowMs = this.#clock.wallMs();
    const delayMs = certificates.reduce((least, { notAfterMs }) => {
      const next = nextExpiryMs(notAfterMs, nowMs);
      return next === null ? least : Math.min(least, next - nowMs);
    }, LOOK_AGAIN_MS);
    this.#timer = this.#clock.after(delayMs, this.#onTurn);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }
}
