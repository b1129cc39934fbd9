// SPDX-License-Identifier: Apache-2.0

import { type BodySink, ChunkGatherer } from './chunk-gatherer.ts';
import type { Http1Limits } from './limits.ts';
import { CR, LF, SEMICOLON, SPACE, TAB, VALUE } from './octets.ts';

/** 48 bits: exact in a number, and more than any body has. */
const MAX_CHUNK_BYTES = 2 ** 48 - 1;
/** Zeros before count: some write all of 64 bits. */
const MAX_SIZE_DIGITS = 16;

type State = 'size' | 'padding' | 'extension' | 'size-lf' | 'data' | 'data-cr' | 'data-lf' | 'over';

/**
 * The chunked coding (RFC 9112 §7.1), up to the line of the last chunk; trailers are the caller's. Strict: a size is hexadecimal
 * digits and nothing else, at once followed by an extension or CR LF. Extensions are read past, and so is white space behind a size
 * where `takesPadding`: servers write it, and every client takes it.
 *
 *     size ──► padding ──► extension ──► size-lf ──► data ──► data-cr ──► data-lf ──► size …
 *       └────────┴───────────┴───────────▲ └─ size 0: over
 */
export class ChunkedReader {
  readonly #gatherer: ChunkGatherer | null;
  readonly #limits: Http1Limits;
  readonly #takesPadding: boolean;
  #state: State = 'size';
  #digits = 0;
  #size = 0;
  #extensionBytes = 0;
  #messageExtensionBytes = 0;
  /** Why the body is none; null: it is sound so far. */
  fault: string | null = null;

  /** `sink`: null where it is only asked where the chunks end. */
  constructor(sink: BodySink | null, limits: Http1Limits, takesPadding: boolean) {
    this.#gatherer = sink === null ? null : new ChunkGatherer(sink);
    this.#limits = limits;
    this.#takesPadding = takesPadding;
  }

  begin(): void {
    this.#state = 'size';
    this.#beginSize();
    this.#messageExtensionBytes = 0;
    this.fault = null;
  }

  /** The line of the last chunk was read. */
  get isOver(): boolean {
    return this.#state === 'over';
  }

  /** Reads `chunk[at, to)`; where it stopped: at the end, after the last chunk's line, or anywhere with a `fault`. */
  read(chunk: Buffer, at: number, to: number): number {
    let next = at;
    while (next < to && this.#state !== 'over' && this.fault === null) {
      next = this.#state === 'data' ? this.#data(chunk, next, to) : this.#line(chunk, next, to);
    }
    return next;
  }

  /** Gives on what is gathered of this read. Not within `read`, whose caller may learn that the body is over. */
  flush(): void {
    this.#gatherer?.flush();
  }

  #data(chunk: Buffer, at: number, to: number): number {
    const end = Math.min(to, at + this.#size);
    this.#gatherer?.add(chunk, at, end, to - end);
    this.#size -= end - at;
    if (this.#size === 0) this.#state = 'data-cr';
    return end;
  }

  /** One byte of what is around the data; all of the digits that are here. */
  #line(chunk: Buffer, at: number, to: number): number {
    const byte = chunk[at] as number;
    switch (this.#state) {
      case 'size':
        return this.#readSize(chunk, at, to);
      case 'padding':
        this.#endSize(byte);
        break;
      case 'extension':
        if (byte === CR) this.#state = 'size-lf';
        else if (VALUE[byte] !== 1) this.fault = 'a chunk extension is malformed';
        else this.#countExtension();
        break;
      case 'size-lf':
        this.#expect(byte, LF, this.#size === 0 ? 'over' : 'data');
        break;
      case 'data-cr':
        this.#expect(byte, CR, 'data-lf');
        break;
      case 'data-lf':
        this.#expect(byte, LF, 'size');
        this.#beginSize();
        break;
      default:
    }
    return at + 1;
  }

  #beginSize(): void {
    this.#digits = 0;
    this.#size = 0;
    this.#extensionBytes = 0;
  }

  #readSize(chunk: Buffer, at: number, to: number): number {
    let next = at;
    for (; next < to; next++) {
      const digit = hexDigit(chunk[next] as number);
      if (digit < 0) {
        this.#endSize(chunk[next] as number);
        return next + 1;
      }
      this.#size = this.#size * 16 + digit;
      this.#digits++;
      if (this.#digits > MAX_SIZE_DIGITS || this.#size > MAX_CHUNK_BYTES) {
        this.fault = 'a chunk size is too large';
        return next;
      }
    }
    return next;
  }

  #endSize(byte: number): void {
    if (this.#digits === 0) this.fault = 'a chunk size is malformed';
    else if (byte === CR) this.#state = 'size-lf';
    else if (byte === SEMICOLON) this.#readPast('extension');
    else if (this.#takesPadding && (byte === SPACE || byte === TAB)) this.#readPast('padding');
    else this.fault = 'a chunk size is malformed';
  }

  #readPast(state: 'padding' | 'extension'): void {
    this.#state = state;
    this.#countExtension();
  }

  #countExtension(): void {
    this.#extensionBytes++;
    this.#messageExtensionBytes++;
    const { maxChunkExtensionBytes, maxMessageExtensionBytes } = this.#limits;
    if (this.#extensionBytes > maxChunkExtensionBytes || this.#messageExtensionBytes > maxMessageExtensionBytes) {
      this.fault = 'chunk extensions are too long';
    }
  }

  #expect(byte: number, wanted: number, state: State): void {
    if (byte === wanted) this.#state = state;
    else this.fault = 'a chunk is malformed';
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
