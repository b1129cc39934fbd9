// SPDX-License-Identifier: Apache-2.0

import { isUtf8 } from 'node:buffer';

const TWO_32 = 4_294_967_296;
/** Up to here a loop is faster than what Node has for it. */
const SHORT = 48;

/**
 * Writes one Protocol Buffers message from its end to its beginning: a nested message is written before its length is needed, so nothing
 * is measured first or copied after. Fields come out in the order opposite to the calls, which the format allows.
 */
export class ProtobufWriter {
  #bytes: Buffer;
  /** Where the message begins so far. */
  #at: number;

  /** `capacity`: bytes, a guess; it grows. */
  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafe(capacity);
    this.#at = capacity;
  }

  /** Bytes written. */
  get length(): number {
    return this.#bytes.length - this.#at;
  }

  /** A field of type int32, int64 or enum; not negative, below 2^53. */
  number(field: number, value: number): void {
    this.#varint(value);
    this.#varint(field << 3);
  }

  /** A field of type fixed64 with a time, given in milliseconds since the epoch, in nanoseconds; exact to the microsecond. */
  nanoseconds(field: number, epochMs: number): void {
    const us = Math.round(epochMs * 1_000);
    const low = (us % TWO_32) * 1_000;
    this.#reserve(8);
    this.#at -= 8;
    this.#bytes.writeUInt32LE(low % TWO_32, this.#at);
    this.#bytes.writeUInt32LE(Math.floor(us / TWO_32) * 1_000 + Math.floor(low / TWO_32), this.#at + 4);
    this.#varint((field << 3) | 1);
  }

  /** A field of type fixed32. */
  fixed32(field: number, value: number): void {
    this.#reserve(4);
    this.#at -= 4;
    this.#bytes.writeUInt32LE(value, this.#at);
    this.#varint((field << 3) | 5);
  }

  /** The int64 -1. */
  minusOne(field: number): void {
    this.#reserve(10);
    this.#at -= 10;
    this.#bytes.fill(0xff, this.#at, this.#at + 9);
    this.#bytes[this.#at + 9] = 1;
    this.#varint(field << 3);
  }

  /** A string whose characters are bytes (Latin-1), as fields of heads are. What is no UTF-8 has `!` for each byte that is not ASCII. */
  text(field: number, value: string): void {
    const length = value.length;
    this.#reserve(length);
    this.#at -= length;
    if (length <= SHORT && this.#putsPlain(value)) {
      this.end(field, this.length - length);
      return;
    }
    const written = this.#bytes.subarray(this.#at, this.#at + length);
    written.write(value, 'latin1');
    if (!isUtf8(written)) for (let at = 0; at < length; at++) if ((written[at] as number) > 0x7f) written[at] = 0x21;
    this.end(field, this.length - length);
  }

  /** Bytes that are written as an even number of hex digits. */
  hex(field: number, digits: string): void {
    const length = digits.length / 2;
    this.#reserve(length);
    this.#at -= length;
    this.#bytes.write(digits, this.#at, 'hex');
    this.end(field, this.length - length);
  }

  bytes(field: number, value: Uint8Array): void {
    this.raw(value);
    this.end(field, this.length - value.length);
  }

  /** Fields that are encoded already. */
  raw(value: Uint8Array): void {
    const { length } = value;
    this.#reserve(length);
    this.#at -= length;
    if (length > SHORT) this.#bytes.set(value, this.#at);
    else for (let at = 0; at < length; at++) this.#bytes[this.#at + at] = value[at] as number;
  }

  /** Makes all that was written since `length` was `before` the content of a nested message. */
  end(field: number, before: number): void {
    this.#varint(this.length - before);
    this.#varint((field << 3) | 2);
  }

  /** Begins another message, in the same memory. */
  clear(): void {
    this.#at = this.#bytes.length;
  }

  /** What was written. Valid until the next call. */
  result(): Buffer {
    return this.#bytes.subarray(this.#at);
  }

  /** Writes `value` at the beginning. False: it is not ASCII alone. */
  #putsPlain(value: string): boolean {
    let bits = 0;
    for (let at = 0; at < value.length; at++) {
      const code = value.charCodeAt(at);
      bits |= code;
      this.#bytes[this.#at + at] = code;
    }
    return bits < 0x80;
  }

  #varint(value: number): void {
    let size = 1;
    for (let left = value; left >= 0x80; left = Math.floor(left / 0x80)) size++;
    this.#reserve(size);
    this.#at -= size;
    let left = value;
    for (let at = this.#at; at < this.#at + size - 1; at++) {
      this.#bytes[at] = (left % 0x80) | 0x80;
      left = Math.floor(left / 0x80);
    }
    this.#bytes[this.#at + size - 1] = left;
  }

  #reserve(size: number): void {
    if (size <= this.#at) return;
    const used = this.length;
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, used + size));
    this.#bytes.copy(grown, grown.length - used, this.#at);
    this.#at = grown.length - used;
    this.#bytes = grown;
  }
}
