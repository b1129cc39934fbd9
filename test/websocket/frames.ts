// SPDX-License-Identifier: Apache-2.0

/** Frames as a client sends them (RFC 6455 §5.2), sound or not. */

export const TEXT = 1;
export const BINARY = 2;
export const CONTINUATION = 0;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

export interface FrameParts {
  readonly isFinal?: boolean;
  /** Bits RSV1 to RSV3, as a number from 0 to 7. */
  readonly reserved?: number;
}

/** Its mask is made of its length, so that equal frames are equal bytes. */
export function frame(
  opcode: number,
  content: Buffer | string = '',
  { isFinal = true, reserved = 0 }: FrameParts = {},
): Buffer {
  const payload = Buffer.from(content as string);
  const { length } = payload;
  const mask = Buffer.from([length & 255, 0x5a, (length >> 8) & 255, 0xc3]);
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = (isFinal ? 0x80 : 0) | (reserved << 4) | opcode;
  head[1] = 0x80 | (length < 126 ? length : length < 65_536 ? 126 : 127);
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, mask, payload.map((byte, at) => byte ^ (mask[at & 3] ?? 0))]);
}

/** A close frame; `code` null: without a body. */
export function close(code: number | null = 1_000, reason: Buffer | string = ''): Buffer {
  if (code === null) return frame(CLOSE);
  return frame(CLOSE, Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(reason as string)]));
}

/** A message in parts of `size` bytes. */
export function fragments(opcode: number, content: Buffer, size: number): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at === 0 || at < content.length; at += size) {
    const isFinal = at + size >= content.length;
    parts.push(frame(at === 0 ? opcode : CONTINUATION, content.subarray(at, at + size), { isFinal }));
  }
  return parts;
}

/** Bytes in pieces of `size`, each for a write of its own. */
export function chopped(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size));
}
