// SPDX-License-Identifier: Apache-2.0

/** RFC 6455 §5.5.1. */
const CLOSE = 0x8;
const PONG_OPCODE = 0xa;
const FINAL = 0x80;
const MASKED = 0x80;
const MASK_BYTES = 4;
/** RFC 6455 §7.4.1: the endpoint is going away. */
const GOING_AWAY = 1_001;

/**
 * Where frames begin in one direction of a WebSocket (RFC 6455 §5.2): only there may a proxy say something of its own. Frames are
 * neither checked nor kept; O(frames) for each piece.
 *
 *     boundary ──two bytes──► length ──8, 2 or no bytes──► payload, with its mask ──► boundary …
 */
export class FrameBoundary {
  /** Of a head, how much came: 0 is a boundary. */
  #head = 0;
  #opcode = 0;
  #lengthBytes = 0;
  #isMasked = false;
  /** The payload's, as far as it was said. Beyond 2^53 it is not exact, and its end never comes. */
  #length = 0;
  /** Of the payload and its mask, what is to come. */
  #left = 0;
  /** A close frame passed: nothing may follow it. */
  #hasClosed = false;

  /** A control frame may stand here, between the parts of a message as well. */
  get isHere(): boolean {
    return this.#head === 0 && this.#left === 0 && !this.#hasClosed;
  }

  /** `chunk[start, end)` passed. */
  pass(chunk: Buffer, start: number, end: number): void {
    let at = start;
    while (at < end) {
      if (this.#left > 0) {
        const passed = Math.min(this.#left, end - at);
        this.#left -= passed;
        at += passed;
        if (this.#left === 0) this.#over();
      } else this.#headByte(chunk[at++] as number);
    }
  }

  #headByte(byte: number): void {
    this.#head++;
    if (this.#head === 1) {
      this.#opcode = byte & 0xf;
      return;
    }
    if (this.#head === 2) {
      this.#isMasked = (byte & MASKED) !== 0;
      const length = byte & 0x7f;
      this.#lengthBytes = length === 127 ? 8 : length === 126 ? 2 : 0;
      this.#length = this.#lengthBytes === 0 ? length : 0;
    } else this.#length = this.#length * 256 + byte;
    if (this.#head < 2 + this.#lengthBytes) return;
    this.#head = 0;
    this.#left = this.#length + (this.#isMasked ? MASK_BYTES : 0);
    if (this.#left === 0) this.#over();
  }

  #over(): void {
    if (this.#opcode === CLOSE) this.#hasClosed = true;
  }
}

/** A server's, with nothing in it. */
export const PONG: Buffer = Buffer.from([FINAL | PONG_OPCODE, 0]);

/** A close frame that says that we are going away. `mask`: what a client's is masked with; null: a server's, which is not. */
export function goingAway(mask: Buffer | null): Buffer {
  const payload = [GOING_AWAY >> 8, GOING_AWAY & 0xff];
  if (mask === null) return Buffer.from([FINAL | CLOSE, payload.length, ...payload]);
  const masked = payload.map((byte, at) => byte ^ (mask[at] ?? 0));
  return Buffer.from([FINAL | CLOSE, MASKED | payload.length, ...mask, ...masked]);
}
