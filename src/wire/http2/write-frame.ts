// SPDX-License-Identifier: Apache-2.0

import type { Output } from '../output/output.ts';
import { FRAME_HEADER_BYTES } from './frame.ts';

/** A payload up to this goes into one slab, a larger one into what is left of several. */
const UNSPLIT_BYTES = 1024;

/** Writes a frame header (RFC 9113 §4.1); there must be room. */
export function writeFrameHeader(output: Output, length: number, type: number, flags: number, id: number): void {
  const { buffer, at } = output;
  buffer[at] = length >> 16;
  buffer[at + 1] = length >> 8;
  buffer[at + 2] = length;
  buffer[at + 3] = type;
  buffer[at + 4] = flags;
  output.at = at + 5;
  output.uint32(id);
}

/** A whole frame whose payload is `chunk[start, end)`. */
export function writeFrame(
  output: Output,
  type: number,
  flags: number,
  id: number,
  chunk: Buffer,
  start: number,
  end: number,
): void {
  output.room(FRAME_HEADER_BYTES + Math.min(end - start, UNSPLIT_BYTES));
  writeFrameHeader(output, end - start, type, flags, id);
  output.bytes(chunk, start, end);
}
