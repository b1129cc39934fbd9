// SPDX-License-Identifier: Apache-2.0

import { fieldOf, type VolatileFields } from '../head/volatile-fields.ts';
import type { Output } from '../output/output.ts';
import { parseLength } from './framing.ts';
import type { HeadBlock } from './head-block.ts';
import { fitValue } from './head-encoder.ts';
import { COLON, CR, LF, SPACE } from './octets.ts';

/** What ends a head: how its body is framed, and whether the connection ends with the message. */
export interface HeadTail {
  readonly bytes: Buffer;
  /** The fields' `content-length` must not be said. */
  readonly hidesLength: boolean;
}

/** A text up to here is written without a call into native code, which takes longer. */
const SHORT_TEXT = 24;

export const PLAIN: HeadTail = tail('', false);
export const PLAIN_CLOSE: HeadTail = tail('connection: close\r\n', false);
export const EMPTY: HeadTail = tail('content-length: 0\r\n', true);
export const EMPTY_CLOSE: HeadTail = tail('content-length: 0\r\nconnection: close\r\n', true);
export const CHUNKED_TAIL: HeadTail = tail('transfer-encoding: chunked\r\n', true);
export const CHUNKED_CLOSE: HeadTail = tail('transfer-encoding: chunked\r\nconnection: close\r\n', true);
/** No length, and the end of the connection is the end of the body. */
export const UNSIZED: HeadTail = tail('', true);
export const UNSIZED_CLOSE: HeadTail = tail('connection: close\r\n', true);

/** Writes `block`, the fields that vary, and the tail. */
export function writeHead(output: Output, block: Buffer, fields: VolatileFields, end: HeadTail): void {
  output.room(block.length + fieldBytes(fields) + end.bytes.length);
  const out = output.buffer;
  let at = output.at;
  at += block.copy(out, at);
  if (fields !== null) at = writeFields(out, at, fields, end.hidesLength);
  at += end.bytes.copy(out, at);
  output.at = at;
}

/** The `content-length` that a head says, among the fields that vary or in its block; -1: none, or none that is a number. */
export function lengthSaid(block: HeadBlock, fields: VolatileFields): number {
  const length = fieldOf(fields, 'content-length');
  return length === undefined ? block.contentLength : (parseLength(length) ?? block.contentLength);
}

function writeFields(out: Buffer, from: number, fields: readonly string[], hidesLength: boolean): number {
  let at = from;
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] as string;
    if (hidesLength && name === 'content-length') continue;
    at = writeText(out, at, name);
    out[at++] = COLON;
    out[at++] = SPACE;
    at = writeText(out, at, fitValue(fields[index + 1] as string));
    out[at++] = CR;
    out[at++] = LF;
  }
  return at;
}

function fieldBytes(fields: VolatileFields): number {
  if (fields === null) return 0;
  let bytes = 0;
  for (let at = 0; at < fields.length; at++) bytes += (fields[at] as string).length + 2;
  return bytes;
}

function writeText(out: Buffer, at: number, text: string): number {
  if (text.length > SHORT_TEXT) return at + out.write(text, at, 'latin1');
  for (let index = 0; index < text.length; index++) out[at + index] = text.charCodeAt(index);
  return at + text.length;
}

function tail(text: string, hidesLength: boolean): HeadTail {
  return { bytes: Buffer.from(`${text}\r\n`, 'latin1'), hidesLength };
}
