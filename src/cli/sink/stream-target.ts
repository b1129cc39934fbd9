// SPDX-License-Identifier: Apache-2.0
import type { Writable } from 'node:stream';
import type { ByteTarget, Written } from './byte-target.ts';

/** A pipe or socket that this process was started with. Once its reader is gone, every write fails. */
export class StreamTarget implements ByteTarget {
  readonly #stream: Writable;

  constructor(stream: Writable) {
    this.#stream = stream;
    // Each write is told by itself.
    stream.on('error', () => undefined);
  }

  write(bytes: Buffer, done: Written): void {
    this.#stream.write(bytes, error => done(error ?? null, error ? 0 : bytes.length));
  }

  close(): void {}
}
