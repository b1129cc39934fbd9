// SPDX-License-Identifier: Apache-2.0

/** Whether something that should be linear is: by CPU time, which a busy machine stretches less than the clock, and by ratio. */

/** CPU time of this process in ms. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function cost(run: () => void): number {
  const before = cpuMs();
  run();
  return cpuMs() - before;
}

/**
 * How many times more `run(10 * n)` costs than `run(n)`: about 10 when it is linear, 100 when it is quadratic. The least of
 * three tries of each, since a collection may fall into any; `n` should take some milliseconds.
 */
export function growthFactor(n: number, run: (entries: number) => void): number {
  run(n);
  const small = Math.min(...[0, 1, 2].map(() => cost(() => run(n))));
  const large = Math.min(...[0, 1, 2].map(() => cost(() => run(10 * n))));
  return large / Math.max(small, 0.5);
}

/** What is between linear (10) and quadratic (100), with room for collections of a ten times larger heap. */
export const LINEAR_FACTOR = 35;
