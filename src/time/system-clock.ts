// SPDX-License-Identifier: Apache-2.0

import type { Clock } from './clock.ts';

/** The machine's clock. Named at the edges only: commands, the start of a gateway and of a worker thread. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  after(delayMs, run) {
    const timeout = setTimeout(run, delayMs);
    timeout.unref();
    return { cancel: () => clearTimeout(timeout) };
  },
};
