// SPDX-License-Identifier: Apache-2.0

/** Something that reads bytes from strangers. */
export interface FuzzTarget {
  /** Also the folder of its corpus. */
  readonly name: string;
  /** Pieces that its language is made of; the mutator inserts them. */
  readonly dictionary: readonly Buffer[];
  /** Inputs to begin with when the corpus is empty. */
  readonly seeds: readonly Buffer[];
  /** Reads an input. Throws when the code under test throws, or when what it promises does not hold. */
  run(input: Buffer): void;
}

/** A promise of the code under test that an input breaks. */
export function promise(holds: boolean, what: string): void {
  if (!holds) throw new Error(`broken promise: ${what}`);
}
