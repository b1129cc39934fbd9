// SPDX-License-Identifier: Apache-2.0

/** What became of a write: `error` null when all bytes are out; else so many were before it broke. */
export type Written = (error: NodeJS.ErrnoException | null, bytes: number) => void;

/** Something that takes bytes: a file, a pipe, a terminal. A write that broke may work when it is tried again. */
export interface ByteTarget {
  /** Writes all of `bytes`, then calls `done`; never throws, never blocks the thread. One call at a time. */
  write(bytes: Buffer, done: Written): void;
  /** Lets go of it; a write that is under way is given up. */
  close(): void;
}
