// SPDX-License-Identifier: Apache-2.0
import type { Coverage } from './coverage.ts';
import { mutate } from './mutate.ts';
import type { Random } from './random.ts';
import type { FuzzTarget } from './target.ts';

/** An input of at most 8 KiB may take this much CPU; a peer sends thousands of them. */
const MAX_INPUT_CPU_MS = 250;

/** An input that broke something. */
export interface FuzzFinding {
  readonly input: Buffer;
  readonly error: Error;
}

export interface FuzzOptions {
  readonly target: FuzzTarget;
  readonly corpus: readonly Buffer[];
  readonly random: Random;
  readonly coverage: Coverage;
  /** Asked before each input. */
  isOver(runs: number): boolean;
}

export interface FuzzReport {
  readonly runs: number;
  /** Inputs that reached code which no input before them had. */
  readonly added: readonly Buffer[];
  readonly finding: FuzzFinding | null;
}

/** Runs the corpus, then inputs made of it, until the first finding or `isOver`. */
export function fuzz({ target, corpus, random, coverage, isOver }: FuzzOptions): FuzzReport {
  const known = [...target.seeds, ...corpus];
  const added: Buffer[] = [];
  let runs = 0;
  for (; !isOver(runs); runs++) {
    const isGiven = runs < known.length - added.length;
    const input = isGiven
      ? (known[runs] as Buffer)
      : mutate(random.pick(known) as Buffer, material(known, target), random);
    const error = tryInput(target, input);
    if (error !== null) return { runs, added, finding: { input, error } };
    if (!coverage.hasGrown() || isGiven) continue;
    known.push(input);
    added.push(input);
  }
  return { runs, added, finding: null };
}

/** What an input breaks; null: nothing. */
export function tryInput(target: FuzzTarget, input: Buffer): Error | null {
  try {
    if (cpuMsOf(target, input) <= MAX_INPUT_CPU_MS) return null;
    // What is compiled or collected meanwhile counts too, but not each time.
    const againMs = cpuMsOf(target, input);
    return againMs > MAX_INPUT_CPU_MS ? new Error(`took ${Math.round(againMs)} ms of CPU`) : null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function cpuMsOf(target: FuzzTarget, input: Buffer): number {
  const before = process.cpuUsage();
  // A copy that ends where the input ends: reading past it cannot go unnoticed.
  target.run(Buffer.from(new Uint8Array(input)));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function material(corpus: readonly Buffer[], { dictionary }: FuzzTarget): Parameters<typeof mutate>[1] {
  return { corpus, dictionary };
}
