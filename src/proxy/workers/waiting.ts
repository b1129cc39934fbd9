// SPDX-License-Identifier: Apache-2.0

/** Who waits for an answer of a thread. */
export interface Waiting<T> {
  readonly sequence: number;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

/** Answers everything up to `sequence`; the rest goes on waiting. */
export function settle<T>(
  waiting: readonly Waiting<T>[],
  sequence: number,
  answer: (entry: Waiting<T>) => void,
): Waiting<T>[] {
  for (const entry of waiting) if (entry.sequence <= sequence) answer(entry);
  return waiting.filter(entry => entry.sequence > sequence);
}
