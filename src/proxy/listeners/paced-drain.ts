// SPDX-License-Identifier: Apache-2.0

import type { Clock } from '../../time/index.ts';

/** Clients that are told to go elsewhere connect there at once: for those who take them in, it is spread over two seconds. */
const STEPS = 20;
const STEP_MS = 100;
/** So few at a time are no burden to anybody. */
const MIN_SHARE = 20;

/** Drains a share of `connections` at a time, the first one now. Each has its turn whatever becomes of it meanwhile. */
export function drainPaced(connections: readonly { drain(): void }[], clock: Clock): void {
  const share = Math.max(MIN_SHARE, Math.ceil(connections.length / STEPS));
  const step = (from: number): void => {
    for (const connection of connections.slice(from, from + share)) connection.drain();
    if (from + share < connections.length) clock.after(STEP_MS, () => step(from + share));
  };
  step(0);
}
