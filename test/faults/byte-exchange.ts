// SPDX-License-Identifier: Apache-2.0

/** Known bytes both ways between two ends, with readers that read in fits, and the exact comparison of what comes. */
import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';

/** One side of an exchange. */
export interface End {
  readonly input: Readable;
  readonly output: Writable;
}

/** The largest piece that is written at once, and what is read between two pauses. */
const MAX_PIECE_BYTES = 100_000;
const FIT_BYTES = 300_000;
/** Turns of the event loop for which nothing moves before a slow reader begins: all ends and the gateway share this loop. */
const STILL_TURNS = 20;
/** Turns that a reader pauses after each fit: enough for the sockets on the way to fill again. */
const PAUSE_TURNS = 4;

/** The same random bytes for the same seed. */
export function seededBytes(seed: number, length: number): Buffer {
  const key = Buffer.alloc(16, seed);
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length));
}

/** One direction of an exchange. */
class Direction {
  readonly #name: string;
  readonly #bytes: Buffer;
  readonly #pieces: Buffer;
  #sent = 0;
  #received = 0;

  constructor(name: string, bytes: Buffer, seed: number) {
    this.#name = name;
    this.#bytes = bytes;
    this.#pieces = seededBytes(seed, 4_096);
  }

  /** Writes it all in pieces of many sizes, from one byte on; does not end the output. */
  async write(output: Writable): Promise<void> {
    for (let i = 0; this.#sent < this.#bytes.length; i = (i + 2) % this.#pieces.length) {
      // The square makes small pieces as frequent as those that fill a read.
      const size = 1 + Math.floor((this.#pieces.readUInt16LE(i) / 65_536) ** 2 * MAX_PIECE_BYTES);
      const piece = this.#bytes.subarray(this.#sent, this.#sent + size);
      this.#sent += piece.length;
      if (!output.write(piece)) await once(output, 'drain');
    }
  }

  /** Reads it all; slowly: once nothing moves any more, and then in fits. */
  async read(input: AsyncIterator<Buffer>, isSlow: boolean): Promise<void> {
    if (isSlow) await this.#waitForStillWriter();
    let rest = FIT_BYTES;
    while (this.#received < this.#bytes.length) {
      const { value, done } = await input.next();
      if (done === true) assert.fail(`${this.#name}: the end came after ${this.#received} bytes`);
      this.#compare(value);
      rest -= value.length;
      if (!isSlow || rest > 0) continue;
      rest = FIT_BYTES;
      await turns(PAUSE_TURNS);
    }
  }

  async #waitForStillWriter(): Promise<void> {
    for (let before = -1; before !== this.#sent; ) {
      before = this.#sent;
      await turns(STILL_TURNS);
    }
  }

  #compare(chunk: Buffer): void {
    const at = this.#received;
    const expected = this.#bytes.subarray(at, at + chunk.length);
    this.#received += chunk.length;
    if (chunk.equals(expected)) return;
    const first = chunk.findIndex((byte, i) => byte !== expected[i]);
    const from = this.#bytes.indexOf(chunk.subarray(first, first + 16));
    const origin =
      from < 0 ? 'what came there was never sent in this direction' : `what came there was sent at ${from}`;
    assert.fail(`${this.#name}: byte ${at + first} of ${this.#bytes.length} is the first that differs; ${origin}`);
  }
}

/** What both sides send, and who reads slowly. */
export interface Exchange {
  readonly fromClient: Buffer;
  readonly fromBackend: Buffer;
  readonly slow: 'client' | 'backend';
}

/** Sends both ways at once, compares, then ends both sides and sees that nothing follows. */
export async function exchange(client: End, backend: End, { fromClient, fromBackend, slow }: Exchange): Promise<void> {
  const up = new Direction('client to backend', fromClient, 3);
  const down = new Direction('backend to client', fromBackend, 4);
  const atClient = client.input.iterator({ destroyOnReturn: false });
  const atBackend = backend.input.iterator({ destroyOnReturn: false });
  await Promise.all([
    up.write(client.output),
    down.write(backend.output),
    up.read(atBackend, slow === 'backend'),
    down.read(atClient, slow === 'client'),
  ]);
  client.output.end();
  assert.equal((await atBackend.next()).done, true, 'bytes after the last from the client');
  backend.output.end();
  assert.equal((await atClient.next()).done, true, 'bytes after the last from the backend');
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise(resolve => setImmediate(resolve));
}
