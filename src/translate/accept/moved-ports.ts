// SPDX-License-Identifier: Apache-2.0

/** A refused port is bound so much higher (443 → 8443) … */
const SHIFT = 8_000;
/** … and where that port is written by somebody, higher in such steps (9443). */
const STEP = 1_000;
const LAST_PORT = 65_535;

/**
 * Where ports are bound that the OS refuses: never at a port that a listener has written, and never two at one. What
 * `previous` says stays as long as that holds, so a reload moves nothing without need. `previous` itself when nothing is
 * different.
 */
export function movePorts(
  written: ReadonlySet<number>,
  refused: ReadonlySet<number>,
  previous: ReadonlyMap<number, number>,
): ReadonlyMap<number, number> {
  const kept = [...previous].filter(([port, target]) => refused.has(port) && !written.has(target));
  const moved = new Map(kept);
  const taken = new Set(moved.values());
  for (const port of [...refused].sort((a, b) => a - b)) {
    if (moved.has(port) || !written.has(port)) continue;
    const target = freeTarget(port, written, taken);
    if (target === null) continue;
    moved.set(port, target);
    taken.add(target);
  }
  const isSame = moved.size === previous.size && kept.length === previous.size;
  return isSame ? previous : moved;
}

function freeTarget(port: number, written: ReadonlySet<number>, taken: ReadonlySet<number>): number | null {
  for (let target = port + SHIFT; target <= LAST_PORT; target += STEP) {
    if (!written.has(target) && !taken.has(target)) return target;
  }
  return null;
}
