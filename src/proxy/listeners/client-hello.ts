// SPDX-License-Identifier: Apache-2.0

import { TICKET_NAME_BYTES } from './ticket-secrets.ts';

/** What a TLS client says first, as far as it matters here. `undecided`: more bytes are needed. */
export type ClientHello =
  | {
      readonly kind: 'hello';
      readonly serverName: string | null;
      /** The key name that the ticket to be resumed begins with (TLS 1.2 and 1.3); null: no ticket. */
      readonly ticketName: Buffer | null;
    }
  | { readonly kind: 'undecided' }
  | { readonly kind: 'invalid' };

/** Nobody reads further for the end of a ClientHello: one full record, more than any client sends. */
const MAX_HELLO_BYTES = 16_384 + 5;
/** Clients need one, seldom a handful. Each piece of input is read from the start, so many small ones would cost their square. */
const MAX_RECORDS = 64;
const HANDSHAKE_RECORD = 22;
const CLIENT_HELLO = 1;
const MESSAGE_HEAD_BYTES = 4;
const SERVER_NAME = 0;
const SESSION_TICKET = 35;
const PRE_SHARED_KEY = 41;
const INVALID: ClientHello = { kind: 'invalid' };
const UNDECIDED: ClientHello = { kind: 'undecided' };

/**
 * Reads the server name (RFC 6066 §3; lower case, without a trailing dot) and the ticket's key name of a ClientHello that may
 * span several records. Looks at nothing behind its end, so a decision does not depend on how much came with it.
 */
export function readClientHello(bytes: Buffer): ClientHello {
  if (bytes.length > 0 && bytes[0] !== HANDSHAKE_RECORD) return INVALID;
  const records = readRecords(bytes.subarray(0, MAX_HELLO_BYTES));
  const unfinished = bytes.length >= MAX_HELLO_BYTES ? INVALID : UNDECIDED;
  if (records === null) return INVALID;
  const { parts, joinedBytes, head } = records;
  if (head === null) return unfinished;
  if (head[0] !== CLIENT_HELLO) return INVALID;
  const end = endOfMessage(head);
  if (end > MAX_HELLO_BYTES) return INVALID;
  // Not before it is whole: a client that sends it byte by byte would have it copied as often.
  return joinedBytes < end ? unfinished : readBody(concat(parts).subarray(MESSAGE_HEAD_BYTES, end));
}

/** The records that the first message lies in, as far as they are there. */
interface Records {
  readonly parts: readonly Buffer[];
  readonly joinedBytes: number;
  /** Type and length of the message; null: they are not there yet. */
  readonly head: Buffer | null;
}

/** null: not handshake records. */
function readRecords(bytes: Buffer): Records | null {
  const parts: Buffer[] = [];
  let joinedBytes = 0;
  let head: Buffer | null = null;
  for (let at = 0; at + 5 <= bytes.length && (head === null || joinedBytes < endOfMessage(head)); ) {
    if (bytes[at] !== HANDSHAKE_RECORD || bytes[at + 1] !== 3 || parts.length === MAX_RECORDS) return null;
    const length = bytes.readUInt16BE(at + 3);
    const part = bytes.subarray(at + 5, at + 5 + length);
    parts.push(part);
    joinedBytes += part.length;
    at += 5 + length;
    if (head === null && joinedBytes >= MESSAGE_HEAD_BYTES) head = headIn(parts);
  }
  return { parts, joinedBytes, head };
}

/** Of a message that begins with `parts`. */
function headIn(parts: readonly Buffer[]): Buffer {
  return concat(parts.map(part => part.subarray(0, MESSAGE_HEAD_BYTES)));
}

function concat(parts: readonly Buffer[]): Buffer {
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
}

/** `head`: type (1) and length (3); then come so many bytes. */
function endOfMessage(head: Buffer): number {
  return MESSAGE_HEAD_BYTES + head.readUIntBE(1, 3);
}

function readBody(body: Buffer): ClientHello {
  // Version (2) and random (32), then three lists with length prefixes of 1, 2 and 1 bytes, then the extensions.
  let at = 34;
  at = skipList(body, at, 1);
  at = skipList(body, at, 2);
  at = skipList(body, at, 1);
  if (at > body.length) return INVALID;
  let serverName: string | null = null;
  let ticketName: Buffer | null = null;
  at += 2;
  while (at + 4 <= body.length) {
    const type = body.readUInt16BE(at);
    const end = at + 4 + body.readUInt16BE(at + 2);
    if (end > body.length) return INVALID;
    const content = body.subarray(at + 4, end);
    if (type === SERVER_NAME) serverName = readServerName(content);
    else if (type === SESSION_TICKET) ticketName ??= readTicketName(content);
    else if (type === PRE_SHARED_KEY) ticketName = readIdentityName(content);
    at = end;
  }
  return { kind: 'hello', serverName, ticketName };
}

function skipList(body: Buffer, at: number, prefix: 1 | 2): number {
  if (at + prefix > body.length) return body.length + 1;
  return at + prefix + body.readUIntBE(at, prefix);
}

/** The extension is the ticket (RFC 5077 §3.2); empty: the client only asks for one. */
function readTicketName(extension: Buffer): Buffer | null {
  return extension.length < TICKET_NAME_BYTES ? null : extension.subarray(0, TICKET_NAME_BYTES);
}

/** The first identity (RFC 8446 §4.2.11): length of the list (2), length of the identity (2), the identity, its age (4). */
function readIdentityName(extension: Buffer): Buffer | null {
  const length = extension.length < 4 ? 0 : extension.readUInt16BE(2);
  return readTicketName(extension.subarray(4, 4 + length));
}

function readServerName(extension: Buffer): string | null {
  // List length (2), type (1, 0: host name), name length (2), name.
  if (extension.length < 5 || extension[2] !== 0) return null;
  const name = extension.toString('latin1', 5, 5 + extension.readUInt16BE(3)).toLowerCase();
  return name.endsWith('.') ? name.slice(0, -1) : name;
}
