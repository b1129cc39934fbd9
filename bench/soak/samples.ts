// SPDX-License-Identifier: Apache-2.0

import { readdirSync } from 'node:fs';
import { rssBytes } from '../processes.ts';

/** A process at one moment. */
export interface Sample {
  /** Since the load began. */
  readonly atMs: number;
  readonly rssMib: number;
  readonly descriptors: number;
}

export function sample(pid: number, atMs: number): Sample {
  return { atMs, rssMib: rssBytes(pid) / 2 ** 20, descriptors: descriptorsOf(pid) };
}

export function descriptorsOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** What is held against each other: minutes 10 to 20, or the second sixth of a shorter run, and the last sixth. */
export function compare(
  samples: readonly Sample[],
  minutes: number,
): { readonly before: Sample; readonly after: Sample } {
  const sixth = (minutes * 60_000) / 6;
  const within = (fromMs: number, toMs: number): Sample =>
    mean(samples.filter(({ atMs }) => atMs >= fromMs && atMs < toMs));
  const before = minutes >= 30 ? within(600_000, 1_200_000) : within(sixth, 2 * sixth);
  return { before, after: within(5 * sixth, Number.POSITIVE_INFINITY) };
}

function mean(samples: readonly Sample[]): Sample {
  const of = (read: (one: Sample) => number): number =>
    samples.reduce((sum, one) => sum + read(one), 0) / samples.length;
  return { atMs: of(one => one.atMs), rssMib: of(one => one.rssMib), descriptors: of(one => one.descriptors) };
}
