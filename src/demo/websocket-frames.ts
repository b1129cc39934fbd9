// SPDX-License-Identifier: Apache-2.0

/** Frames of a WebSocket (RFC 6455 §5.2), whole ones: for demo backends, not for speed. */

export const CLOSE = 0x8;
export const PING = 0x9;
export const PONG = 0xa;
const LAST_DATA = 0x2;

/** A larger one is refused. */
const MAX_PAYLOAD_BYTES = 16_777_216;
/** A larger one is no control frame. */
const MAX_CONTROL_BYTES = 125;

const FINAL = 0x80;
const RESERVED = 0x70;
const MASKED = 0x80;
const MASK_BYTES = 4;

export interface Frame {
  readonly isFinal: boolean;
  readonly opcode: number;
  /** Unmasked. */
  readonly payload: Buffer;
}

/** What is wrong with input: the code to close with (RFC 6455 §7.4.1). */
export interface FrameFault {
  readonly code: 1002 | 1009;
}

/** Reads what a client sends. */
export class FrameReader {
  #input: Buffer = Buffer.alloc(0);
  /** What came behind it. */
  #parts: Buffer[] = [];
  #bytes = 0;
  /** Bytes without which nothing can be said: nothing is joined before they are here, so that each byte is copied at most twice. */
  #wanted = 2;

  add(chunk: Buffer): void {
    this.#parts.push(chunk);
    this.#bytes += chunk.length;
  }

  /** The next frame; null: the rest of it is owed. */
  next(): Frame | FrameFault | null {
    if (this.#bytes < this.#wanted) return null;
    if (this.#parts.length > 0) this.#input = Buffer.concat([this.#input, ...this.#parts.splice(0)]);
    const input = this.#input;
    const [first, second] = input;
    if (first === undefined || second === undefined) return null;
    const opcode = first & 0xf;
    const isFinal = (first & FINAL) !== 0;
    const isControl = (opcode & CLOSE) !== 0;
    const short = second & 0x7f;
    const isKnown = isControl ? opcode <= PONG && isFinal && short <= MAX_CONTROL_BYTES : opcode <= LAST_DATA;
    if (!isKnown || (first & RESERVED) !== 0 || (second & MASKED) === 0) return { code: 1002 };
    const lengthBytes = short === 127 ? 8 : short === 126 ? 2 : 0;
    const maskAt = 2 + lengthBytes;
    if (input.length < maskAt + MASK_BYTES) return this.#await(maskAt + MASK_BYTES);
    const length =
      lengthBytes === 0 ? short : lengthBytes === 2 ? input.readUInt16BE(2) : Number(input.readBigUInt64BE(2));
    if (length > MAX_PAYLOAD_BYTES) return { code: 1009 };
    const start = maskAt + MASK_BYTES;
    if (input.length < start + length) return this.#await(start + length);
    const mask = input.subarray(maskAt, start);
    const payload = input.subarray(start, start + length).map((byte, at) => byte ^ (mask[at % MASK_BYTES] as number));
    this.#input = input.subarray(start + length);
    this.#bytes = this.#input.length;
    this.#wanted = 2;
    return { isFinal, opcode, payload: Buffer.from(payload) };
  }

  #await(bytes: number): null {
    this.#wanted = bytes;
    return null;
  }
}

/** A frame as a server sends it. */
export function encodeFrame({ isFinal, opcode, payload }: Frame): Buffer {
  const { length } = payload;
  const size =
    length < 126 ? [length] : length < 65_536 ? [126, length >> 8, length & 0xff] : [127, 0, 0, 0, 0, 0, 0, 0, 0];
  const head = Buffer.from([(isFinal ? FINAL : 0) | opcode, ...size]);
  if (head.length > 4) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}
