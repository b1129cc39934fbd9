// SPDX-License-Identifier: Apache-2.0

import type { Output } from '../output/output.ts';
import type { Framing } from './framing.ts';
import { CR, LF } from './octets.ts';

const LAST_CHUNK = Buffer.from('0\r\n\r\n', 'latin1');
const LAST_CHUNK_LINE = Buffer.from('0\r\n', 'latin1');
const HEX = Buffer.from('0123456789abcdef', 'latin1');
/** A size line of any buffer. */
const SIZE_LINE_BYTES = 16;

/** Our message behind its head. */
export class BodyWriter {
  readonly #output: Output;
  #kind: Framing['kind'] = 'none';
  #left = 0;
  /** More or less came than the head promised: the peer must not take what is there for the whole. */
  isBroken = false;
  /** So much of the body was written. */
  writtenBytes = 0;

  constructor(output: Output) {
    this.#output = output;
  }

  /** The message ends when the connection does. */
  get endsWithConnection(): boolean {
    return this.#kind === 'until-close' || this.#kind === 'tunnel';
  }

  get isTunnel(): boolean {
    return this.#kind === 'tunnel';
  }

  get takesTrailers(): boolean {
    return this.#kind === 'chunked';
  }

  begin(framing: Framing): void {
    this.#kind = framing.kind;
    this.#left = framing.kind === 'length' ? framing.bytes : 0;
    this.isBroken = false;
    this.writtenBytes = 0;
  }

  /** Writes `chunk[start, end)`, which is not empty. */
  write(chunk: Buffer, start: number, end: number): void {
    this.writtenBytes += end - start;
    switch (this.#kind) {
      case 'none': // the answer to HEAD, 204, 304
        break;
      case 'length':
        this.#left -= end - start;
        if (this.#left < 0) this.isBroken = true;
        else this.#output.bytes(chunk, start, end);
        break;
      case 'chunked':
        this.#sizeLine(end - start);
        this.#output.bytes(chunk, start, end);
        this.#lineEnd();
        break;
      case 'until-close':
      case 'tunnel':
        this.#output.bytes(chunk, start, end);
        break;
    }
  }

  /** Nothing follows. `hasTrailers`: but trailers, and the empty line behind them, which the caller writes. */
  end(hasTrailers: boolean): void {
    if (this.#left > 0) this.isBroken = true;
    if (this.#kind !== 'chunked') return;
    const last = hasTrailers ? LAST_CHUNK_LINE : LAST_CHUNK;
    this.#output.bytes(last, 0, last.length);
  }

  #sizeLine(size: number): void {
    const output = this.#output;
    output.room(SIZE_LINE_BYTES);
    const out = output.buffer;
    let at = output.at;
    let shift = 28;
    while (shift > 0 && size >>> shift === 0) shift -= 4;
    for (; shift >= 0; shift -= 4) out[at++] = HEX[(size >>> shift) & 0xf] as number;
    out[at++] = CR;
    out[at++] = LF;
    output.at = at;
  }

  #lineEnd(): void {
    const output = this.#output;
    output.room(2);
    output.buffer[output.at] = CR;
    output.buffer[output.at + 1] = LF;
    output.at += 2;
  }
}
