// SPDX-License-Identifier: Apache-2.0

/**
 * `envoy.service.auth.v3.CheckRequest`, as far as a proxy knows what it asks for:
 *
 *     attributes 1 { source 1 { address 1 { socket_address 1 { address 2 } } }
 *                    request 4 { time 1 { seconds 1, nanos 2 }
 *                                http 2 { id 1, method 2, headers 3 { key 1, value 2 }, path 4, host 5, scheme 6, size 9,
 *                                         body 11, raw_body 12 } } }
 *
 * What follows from a header list is encoded once for each.
 */
import { isUtf8 } from 'node:buffer';
import {
  fieldOf,
  type HeaderList,
  joinedField,
  ownCopy,
  ProtobufWriter,
  pathIn,
  type VolatileFields,
} from '../../../wire/index.ts';
import type { AuthSubject } from './auth-protocol.ts';

/** Of a usual request behind what its list says. */
const USUAL_BYTES = 512;

/** The fields of `http` that follow from a list. `tells`: which header fields the server is told. */
export function encodeList(list: HeaderList, tells: (name: string) => boolean): Buffer {
  const headers = new Map<string, string>();
  for (let at = 0; at < list.names.length; at++) {
    const name = list.names[at] as string;
    if (!tells(name)) continue;
    const before = headers.get(name);
    const value = list.values[at] as string;
    headers.set(name, before === undefined ? value : `${before}${separatorOf(name)}${value}`);
  }
  const writer = new ProtobufWriter(list.bytes + USUAL_BYTES);
  writer.text(6, list.get('x-forwarded-proto') ?? list.get(':scheme') ?? '');
  writer.text(5, list.get(':authority') ?? '');
  const path = list.get(':path');
  if (path !== undefined) writer.text(4, path);
  for (const [name, value] of headers) writeHeader(writer, name, value);
  writer.text(2, list.get(':method') ?? '');
  return ownCopy(writer.result());
}

/** The message of the call, behind its gRPC prefix. `listed`: what `encodeList` made of the subject's list. */
export function encodeCheck(subject: AuthSubject, listed: Buffer, tells: (name: string) => boolean): Buffer {
  const { body, clientAddress, nowMs } = subject;
  const writer = new ProtobufWriter(listed.length + USUAL_BYTES + (body === null ? 0 : body.length));
  const http = writer.length;
  writeVarying(writer, subject, tells);
  // Before what varies: of two entries of one name the later one counts.
  writer.raw(listed);
  writer.end(2, http);
  const time = writer.length;
  writer.number(2, Math.trunc(nowMs % 1_000) * 1_000_000);
  writer.number(1, Math.floor(nowMs / 1_000));
  writer.end(1, time);
  writer.end(4, 0);
  const source = writer.length;
  writer.text(2, clientAddress);
  writer.end(1, source);
  writer.end(1, source);
  writer.end(1, source);
  writer.end(1, 0);
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(writer.length, 1);
  writer.raw(prefix);
  // It is kept for as long as the server thinks.
  return ownCopy(writer.result());
}

function writeVarying(
  writer: ProtobufWriter,
  { list, fields, body }: AuthSubject,
  tells: (name: string) => boolean,
): void {
  if (body !== null && body.length > 0) writer.bytes(isUtf8(body) ? 11 : 12, body);
  const length = body?.length ?? lengthIn(fields);
  if (length < 0) writer.minusOne(9);
  else writer.number(9, length);
  const path = pathIn(fields);
  if (path !== null) writer.text(4, path);
  const id = fieldOf(fields, 'x-request-id');
  if (id !== undefined) writer.text(1, id);
  for (let at = 0; fields !== null && at + 1 < fields.length; at += 2) {
    const name = fields[at] as string;
    if (!tells(name) || isRepeat(fields, at)) continue;
    const value = joinedField(fields, name, separatorOf(name)) as string;
    const before = list.get(name);
    writeHeader(writer, name, before === undefined ? value : `${before}${separatorOf(name)}${value}`);
  }
}

function writeHeader(writer: ProtobufWriter, name: string, value: string): void {
  const entry = writer.length;
  writer.text(2, value);
  writer.text(1, name);
  writer.end(3, entry);
}

/** A field of the same name stands before it. */
function isRepeat(fields: NonNullable<VolatileFields>, at: number): boolean {
  for (let before = 0; before < at; before += 2) if (fields[before] === fields[at]) return true;
  return false;
}

/** -1: not said. */
function lengthIn(fields: VolatileFields): number {
  const text = fieldOf(fields, 'content-length');
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : -1;
}

/** RFC 9113 §8.2.3. */
function separatorOf(name: string): string {
  return name === 'cookie' ? '; ' : ',';
}
