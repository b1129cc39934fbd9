// SPDX-License-Identifier: Apache-2.0

import type { Clock, Timer } from '../../time/index.ts';

/** Between two times that a change of the same is told. To tell costs as much as all there is of it: told one by one, the changes of thousands cost its square. */
const TELL_PACE_MS = 100;

/** Tells a change at once, and those that follow it together. Owns a timer for each that changed just now. */
export class ChangePace {
  readonly #clock: Clock;
  readonly #tell: (what: string) => void;
  readonly #pauses = new Map<string, Timer>();
  readonly #changed = new Set<string>();

  constructor(clock: Clock, tell: (what: string) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  changed(what: string): void {
    if (this.#pauses.has(what)) {
      this.#changed.add(what);
      return;
    }
    const pause = this.#clock.after(TELL_PACE_MS, () => {
      this.#pauses.delete(what);
      if (this.#changed.delete(what)) this.changed(what);
    });
    this.#pauses.set(what, pause);
    this.#tell(what);
  }

  /** What changed is nobody's concern any more. */
  forget(): void {
    for (const pause of this.#pauses.values()) pause.cancel();
    this.#pauses.clear();
    this.#changed.clear();
  }
}
