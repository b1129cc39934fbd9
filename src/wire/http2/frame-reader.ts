// SPDX-License-Identifier: Apache-2.0

import { ErrorCode } from './error-code.ts';
import { CONTINUATION, DATA, FRAME_HEADER_BYTES, HEADERS, MAX_FRAME_BYTES, PREFACE, readUint31 } from './frame.ts';

/** Who gets the frames. `chunk[start, end)` is a payload, padding included. */
export interface FrameHandler {
  /** Set once the connection broke: nothing more is read. */
  readonly broken: boolean;
  onFrame(type: number, flags: number, id: number, chunk: Buffer, start: number, end: number): void;
  /** The header of a DATA frame; its payload follows in one piece or several. `length` counts padding. */
  onDataFrame(flags: number, id: number, length: number): void;
  /** A piece of the payload announced last; `rest` bytes of the frame are still to come. */
  onDataPiece(chunk: Buffer, start: number, end: number, rest: number): void;
  /** An incomplete frame takes this many bytes of memory more (or, negative, fewer). */
  holds(change: number): void;
  fail(code: number, message: string): void;
}

/**
 * Cuts the input into frames without copying: payloads are views of the input chunks. Only what a chunk ends in the
 * middle of is copied, once: a frame header, or the payload of a frame other than DATA (at most 16 KiB). DATA payloads are passed on as they come.
 */
export class FrameReader {
  readonly #handler: FrameHandler;
  /** Bytes of the preface still expected. */
  #prefaceLeft: number;
  /** Bytes of a DATA payload still expected. */
  #dataLeft = 0;
  /** An incomplete frame with its header; sized for the whole as soon as its header is known. In memory of its own (see `ownCopy`). */
  #partial: Buffer | null = null;
  #partialBytes = 0;

  constructor(handler: FrameHandler, expectsPreface: boolean) {
    this.#handler = handler;
    this.#prefaceLeft = expectsPreface ? PREFACE.length : 0;
  }

  /** Whether the input ends in the middle of the preface or of a frame. */
  get isPartial(): boolean {
    return this.#partial !== null || this.#dataLeft > 0 || this.#prefaceLeft > 0;
  }

  /** The stream of a HEADERS or CONTINUATION frame that the input ends in the middle of; 0: none. */
  get partialHeadId(): number {
    const partial = this.#partial;
    if (partial === null || this.#partialBytes < FRAME_HEADER_BYTES) return 0;
    return partial[3] === HEADERS || partial[3] === CONTINUATION ? readUint31(partial, 5) : 0;
  }

  /** The input goes on with `chunk[0, end)`. */
  read(chunk: Buffer, end: number = chunk.length): void {
    let at = 0;
    if (this.#prefaceLeft > 0) at = this.#readPreface(chunk, end);
    if (this.#dataLeft > 0) at = this.#readData(chunk, at, end);
    while (this.#partial !== null && at < end && !this.#handler.broken) {
      at = this.#completePartial(this.#partial, chunk, at, end);
      if (this.#dataLeft > 0) at = this.#readData(chunk, at, end);
    }
    this.#readFrames(chunk, at, end);
  }

  #readFrames(chunk: Buffer, from: number, end: number): void {
    const handler = this.#handler;
    let at = from;
    while (end - at >= FRAME_HEADER_BYTES && !handler.broken) {
      const length = payloadLength(chunk, at);
      if (length > MAX_FRAME_BYTES) {
        handler.fail(ErrorCode.FRAME_SIZE_ERROR, 'frame too large');
        return;
      }
      const start = at + FRAME_HEADER_BYTES;
      if (chunk[at + 3] === DATA) {
        handler.onDataFrame(chunk[at + 4] as number, readUint31(chunk, at + 5), length);
        this.#dataLeft = length;
        at = length === 0 ? start : this.#readData(chunk, start, end);
        continue;
      }
      if (end - start < length) break;
      handler.onFrame(
        chunk[at + 3] as number,
        chunk[at + 4] as number,
        readUint31(chunk, at + 5),
        chunk,
        start,
        start + length,
      );
      at = start + length;
    }
    if (at < end && !handler.broken) this.#keep(chunk, at, end);
  }

  #readData(chunk: Buffer, at: number, inputEnd: number): number {
    const end = Math.min(inputEnd, at + this.#dataLeft);
    if (end === at || this.#handler.broken) return inputEnd;
    this.#dataLeft -= end - at;
    this.#handler.onDataPiece(chunk, at, end, this.#dataLeft);
    return end;
  }

  #keep(chunk: Buffer, at: number, end: number): void {
    const have = end - at;
    const size = have < FRAME_HEADER_BYTES ? FRAME_HEADER_BYTES : FRAME_HEADER_BYTES + payloadLength(chunk, at);
    this.#hold(Buffer.allocUnsafeSlow(size));
    this.#partialBytes = chunk.copy(this.#partial as Buffer, 0, at, end);
  }

  /** Adds to the incomplete frame; hands it on when it is whole. Returns where the input goes on. */
  #completePartial(partial: Buffer, chunk: Buffer, at: number, end: number): number {
    const copied = chunk.copy(partial, this.#partialBytes, at, end);
    this.#partialBytes += copied;
    if (this.#partialBytes < partial.length) return at + copied;
    const length = payloadLength(partial, 0);
    if (length > MAX_FRAME_BYTES) {
      this.#handler.fail(ErrorCode.FRAME_SIZE_ERROR, 'frame too large');
      return end;
    }
    if (partial[3] === DATA) {
      this.#hold(null);
      this.#handler.onDataFrame(partial[4] as number, readUint31(partial, 5), length);
      this.#dataLeft = length;
    } else if (partial.length === FRAME_HEADER_BYTES + length) {
      this.#hold(null);
      this.#handler.onFrame(
        partial[3] as number,
        partial[4] as number,
        readUint31(partial, 5),
        partial,
        FRAME_HEADER_BYTES,
        partial.length,
      );
    } else {
      const whole = Buffer.allocUnsafeSlow(FRAME_HEADER_BYTES + length);
      partial.copy(whole);
      this.#hold(whole);
    }
    return at + copied;
  }

  #hold(partial: Buffer | null): void {
    this.#handler.holds((partial?.length ?? 0) - (this.#partial?.length ?? 0));
    this.#partial = partial;
  }

  #readPreface(chunk: Buffer, end: number): number {
    const from = PREFACE.length - this.#prefaceLeft;
    const length = Math.min(end, this.#prefaceLeft);
    for (let at = 0; at < length; at++) {
      if (chunk[at] === PREFACE[from + at]) continue;
      this.#handler.fail(ErrorCode.PROTOCOL_ERROR, 'not an HTTP/2 client preface');
      return end;
    }
    this.#prefaceLeft -= length;
    return length;
  }
}

function payloadLength(bytes: Buffer, at: number): number {
  return ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
}
