// SPDX-License-Identifier: Apache-2.0

import { closeSync, write } from 'node:fs';
import { systemClock } from '../../time/index.ts';
import type { ByteTarget, Written } from './byte-target.ts';

/** A pipe or terminal that takes nothing now is tried again after this. */
const RETRY_MS = 50;

/**
 * An open file descriptor: a regular file, a device, or a pipe or terminal that was opened with O_NONBLOCK (a blocked
 * write would hold a thread of the pool, and the end of the process with it).
 */
export class DescriptorTarget implements ByteTarget {
  readonly #descriptor: number;
  readonly #isOwned: boolean;
  #isClosed = false;

  /** `isOwned`: `close` closes the descriptor. */
  constructor(descriptor: number, { isOwned }: { readonly isOwned: boolean }) {
    this.#descriptor = descriptor;
    this.#isOwned = isOwned;
  }

  write(bytes: Buffer, done: Written): void {
    this.#writeFrom(bytes, 0, done);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#isOwned) closeSync(this.#descriptor);
  }

  #writeFrom(bytes: Buffer, start: number, done: Written): void {
    if (this.#isClosed) return;
    write(this.#descriptor, bytes, start, bytes.length - start, null, (error, count) => {
      if (error?.code === 'EAGAIN') systemClock.after(RETRY_MS, () => this.#writeFrom(bytes, start, done));
      else if (error !== null) done(error, start);
      else if (start + count < bytes.length) this.#writeFrom(bytes, start + count, done);
      else done(null, bytes.length);
    });
  }
}
