// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Coverage } from './coverage.ts';
import { tryInput } from './fuzz.ts';
import type { FuzzTarget } from './target.ts';

/** Larger inputs are not kept: a corpus is read by people and by every test run. */
const MAX_KEPT_BYTES = 2_048;

/** The inputs kept for a target: a line of hex digits each, shortest first. */
export function readCorpus(target: string): Buffer[] {
  const file = fileOf(target);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter(line => line !== '').map(line => Buffer.from(line, 'hex'));
}

/** Writes the corpus of a target anew: of the given inputs those that reach code which no shorter one reaches. */
export function writeCorpus(target: FuzzTarget, inputs: readonly Buffer[]): number {
  const coverage = new Coverage();
  for (const seed of target.seeds) tryInput(target, seed);
  coverage.hasGrown();
  const shortestFirst = inputs.filter(({ length }) => length <= MAX_KEPT_BYTES).toSorted((a, b) => a.length - b.length);
  const kept = shortestFirst.filter(input => {
    tryInput(target, input);
    return coverage.hasGrown();
  });
  coverage.close();
  write(target.name, kept);
  return kept.length;
}

/** Adds an input that broke something. */
export function keepFinding(target: string, input: Buffer): void {
  write(target, [...readCorpus(target), input]);
}

function write(target: string, inputs: readonly Buffer[]): void {
  writeFileSync(fileOf(target), inputs.map(input => `${input.toString('hex')}\n`).join(''));
}

function fileOf(target: string): string {
  return join(import.meta.dirname, 'corpus', `${target}.txt`);
}
