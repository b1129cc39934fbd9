// SPDX-License-Identifier: Apache-2.0

/** Walks the fields of one Protocol Buffers message, of which it knows nothing: `next`, then `field` and what it holds. Never throws. */
export class ProtobufReader {
  /** The number of the field that `next` came to. */
  field = 0;
  /** Of a number, below 2^53: what is larger is cut, to any value. Else 0. */
  number = 0;
  /** Of a string, bytes or a nested message: a view. Else empty. */
  bytes: Buffer = EMPTY;
  readonly #message: Buffer;
  #at = 0;

  constructor(message: Buffer) {
    this.#message = message;
  }

  /** `end`: there are no more. `broken`: what follows is no message. */
  next(): 'field' | 'end' | 'broken' {
    if (this.#at === this.#message.length) return 'end';
    const tag = this.#varint();
    if (tag < 8) return 'broken';
    this.field = Math.floor(tag / 8);
    this.number = 0;
    this.bytes = EMPTY;
    switch (tag % 8) {
      case 0:
        this.number = this.#varint();
        return this.number < 0 ? 'broken' : 'field';
      case 1:
        return this.#skip(8);
      case 2:
        return this.#take(this.#varint());
      case 5:
        return this.#skip(4);
      default:
        return 'broken';
    }
  }

  #take(length: number): 'field' | 'broken' {
    const start = this.#at;
    if (length < 0 || this.#skip(length) === 'broken') return 'broken';
    this.bytes = this.#message.subarray(start, this.#at);
    return 'field';
  }

  #skip(length: number): 'field' | 'broken' {
    if (length > this.#message.length - this.#at) return 'broken';
    this.#at += length;
    return 'field';
  }

  /** -1: there is none. */
  #varint(): number {
    let value = 0;
    let scale = 1;
    for (let size = 1; size <= MAX_VARINT_BYTES; size++) {
      const byte = this.#message[this.#at];
      if (byte === undefined) return -1;
      this.#at++;
      if (size <= EXACT_VARINT_BYTES) value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
    return -1;
  }
}

const EMPTY = Buffer.alloc(0);
/** 64 bits in sevens. */
const MAX_VARINT_BYTES = 10;
/** Their 49 bits are exact in a number. */
const EXACT_VARINT_BYTES = 7;
