// SPDX-License-Identifier: Apache-2.0

import type { BodySink } from './chunk-gatherer.ts';
import { ChunkedReader } from './chunked-reader.ts';
import type { FaultReason } from './fault.ts';
import type { Framing } from './framing.ts';
import type { Http1Limits } from './limits.ts';
import { CR, LF } from './octets.ts';
import { SECTION_END, type SectionReader } from './section-reader.ts';

/**
 * The peer's message behind its head. The connection's reader of sections reads the trailers too.
 *
 *     none ───────────────────────────► over
 *     length, until-close ── all here ──▲
 *     chunked ──► trailers ─────────────┘
 */
export class BodyReader {
  readonly #section: SectionReader;
  readonly #sink: BodySink;
  readonly #limits: Http1Limits;
  readonly #takesPadding: boolean;
  #state: 'length' | 'chunked' | 'trailers' | 'open-ended' | 'over' = 'over';
  #left = 0;
  #chunked: ChunkedReader | null = null;
  /** Trailers came: they are in the section reader. */
  hasTrailers = false;
  /** Why the body is none; null: it is sound so far. */
  fault: string | null = null;
  faultReason: FaultReason = 'protocol';

  /** `takesPadding`: see `ChunkedReader`. */
  constructor(section: SectionReader, sink: BodySink, limits: Http1Limits, takesPadding: boolean) {
    this.#section = section;
    this.#sink = sink;
    this.#limits = limits;
    this.#takesPadding = takesPadding;
  }

  get isOver(): boolean {
    return this.#state === 'over';
  }

  /** Bytes that are owed; of chunks, how many is not known. */
  get leftBytes(): number {
    if (this.#state === 'length') return this.#left;
    return this.#state === 'chunked' || this.#state === 'trailers' ? Number.POSITIVE_INFINITY : 0;
  }

  /** Whether chunks of which nothing was read end in `unread`, trailers included. */
  endsIn(unread: Buffer): boolean {
    if (this.#state !== 'chunked') return false;
    const ahead = new ChunkedReader(null, this.#limits, this.#takesPadding);
    const next = ahead.read(unread, 0, unread.length);
    return ahead.isOver && unread.indexOf(SECTION_END, next - 2) >= 0;
  }

  begin(framing: Framing): void {
    this.hasTrailers = false;
    this.fault = null;
    switch (framing.kind) {
      case 'none':
        this.#state = 'over';
        break;
      case 'length':
        this.#state = 'length';
        this.#left = framing.bytes;
        break;
      case 'chunked':
        this.#chunked ??= new ChunkedReader(this.#sink, this.#limits, this.#takesPadding);
        this.#chunked.begin();
        this.#state = 'chunked';
        break;
      case 'until-close':
      case 'tunnel':
        this.#state = 'open-ended';
        break;
    }
  }

  /** The peer ended its side: whether that ends the body too. */
  endOfInput(): boolean {
    if (this.#state !== 'open-ended') return false;
    this.#state = 'over';
    return true;
  }

  /** Reads `chunk[at, to)`; where it stopped: at the end, after the body, or anywhere with a `fault`. */
  read(chunk: Buffer, at: number, to: number): number {
    switch (this.#state) {
      case 'length': {
        const end = Math.min(to, at + this.#left);
        this.#left -= end - at;
        if (this.#left === 0) this.#state = 'over';
        this.#sink.onBody(chunk, at, end);
        return end;
      }
      case 'open-ended':
        this.#sink.onBody(chunk, at, to);
        return to;
      case 'chunked':
        return this.#readChunked(this.#chunked as ChunkedReader, chunk, at, to);
      case 'trailers':
        return this.#readTrailers(chunk, at, to);
      case 'over':
        return at;
    }
  }

  #readChunked(chunked: ChunkedReader, chunk: Buffer, at: number, to: number): number {
    const next = chunked.read(chunk, at, to);
    this.fault = chunked.fault;
    if (this.fault !== null) return next;
    if (chunked.isOver && next + 2 <= to && chunk[next] === CR && chunk[next + 1] === LF) {
      this.#state = 'over';
      chunked.flush();
      return next + 2;
    }
    chunked.flush();
    if (!chunked.isOver) return next;
    this.#section.beginAfterLine();
    this.#state = 'trailers';
    return next < to ? this.#readTrailers(chunk, next, to) : next;
  }

  #readTrailers(chunk: Buffer, at: number, to: number): number {
    const section = this.#section;
    switch (section.read(chunk, at, to, this.#limits.maxTrailerBytes)) {
      case 'partial':
        return to;
      case 'whole':
        this.#state = 'over';
        this.hasTrailers = section.end - section.start > 4;
        return section.next;
      case 'too-large':
        this.fault = 'the trailers are too large';
        this.faultReason = 'overload';
        return to;
      case 'wrong':
        this.fault = 'a trailer is malformed';
        return to;
    }
  }
}
