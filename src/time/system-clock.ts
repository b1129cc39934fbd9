// SPDX-License-Identifier: Apache-2.0

import type { Clock } from './clock.ts';

/** The machine's clock. Named at the edges only: commands, the start of a gateway and of a worker thread. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  after(delayMs, run) {
    let turn: NodeJS.Immediate | undefined;
    const timeout = setTimeout(() => {
      turn = setImmediate(run);
    }, delayMs);
    timeout.unref();
    return {
      cancel() {
        clearTimeout(timeout);
        clearImmediate(turn);
      },
    };
  },
};
