// SPDX-License-Identifier: Apache-2.0

/** Frame types (RFC 9113 §6). */
export const DATA = 0;
export const HEADERS = 1;
export const PRIORITY = 2;
export const RST_STREAM = 3;
export const SETTINGS = 4;
export const PUSH_PROMISE = 5;
export const PING = 6;
export const GOAWAY = 7;
export const WINDOW_UPDATE = 8;
export const CONTINUATION = 9;

/** Frame flags. */
export const END_STREAM = 0x1;
export const ACK = 0x1;
export const END_HEADERS = 0x4;
export const PADDED = 0x8;
export const HAS_PRIORITY = 0x20;

/** Bytes of a frame header. */
export const FRAME_HEADER_BYTES = 9;
/** The largest payload we accept: the protocol's default, and its minimum. */
export const MAX_FRAME_BYTES = 16_384;
/** The largest window and the largest stream id. */
export const MAX_31_BITS = 0x7fff_ffff;

/** The client's connection preface (§3.4). */
export const PREFACE: Buffer = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

/** 31 bits, big endian; the reserved bit is dropped. */
export function readUint31(bytes: Buffer, at: number): number {
  return readUint32(bytes, at) & MAX_31_BITS;
}

/** 32 bits, big endian. */
export function readUint32(bytes: Buffer, at: number): number {
  return (
    (((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number)) >>>
    0
  );
}
