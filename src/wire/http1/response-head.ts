// SPDX-License-Identifier: Apache-2.0

import type { HeaderList } from '../head/header-list.ts';
import { latin1 } from '../head/latin1.ts';
import type { VolatileFields } from '../head/volatile-fields.ts';
import { ACCEPT_FIELD } from '../websocket/handshake.ts';
import { type ConnectionFacts, connectionFacts } from './connection-fields.ts';
import { HeadFault } from './fault.ts';
import type { FieldSection } from './field-section.ts';
import { CHUNKED, type Framing, lengthFraming, NO_BODY, UNTIL_CLOSE } from './framing.ts';
import type { HeadListBuilder } from './head-list.ts';
import type { LearnedNames } from './learned-names.ts';
import type { Http1Limits } from './limits.ts';
import { CR, LF, SPACE, VALUE } from './octets.ts';

/** A response's head as read. Equal bytes may give the same object. */
export interface ResponseHead {
  /** What it was read from, for comparing; null: not kept. */
  readonly bytes: Buffer | null;
  /** Of the steady names by which it was sorted into list and fields. */
  readonly generation: number;
  readonly status: number;
  readonly list: HeaderList;
  readonly fields: VolatileFields;
  /** Where the body of an answer to anything but HEAD ends. */
  readonly framing: Framing;
  /** The connection ends with it. */
  readonly closes: boolean;
  /** How long the server keeps an idle connection; null: not said. */
  readonly keepAliveMs: number | null;
  readonly upgrade: string | null;
  /** `Sec-WebSocket-Accept` of a head that grants an upgrade; null: not said. */
  readonly accept: string | null;
}

export interface ResponseContext {
  readonly section: FieldSection;
  readonly builder: HeadListBuilder;
  readonly learned: LearnedNames;
  readonly limits: Http1Limits;
}

const VERSION_BYTES = 8;
const ZERO = 0x30;
const NINE = 0x39;

/** Reads the head in `b[start, end)`, whose empty line ends there (RFC 9112 §4). */
export function readResponseHead(
  b: Buffer,
  start: number,
  end: number,
  bytes: Buffer | null,
  context: ResponseContext,
): ResponseHead | HeadFault {
  const version = latin1(b, start, Math.min(end, start + VERSION_BYTES));
  if (version !== 'HTTP/1.1' && version !== 'HTTP/1.0') return new HeadFault('its version is not HTTP/1.1');
  const statusStart = start + VERSION_BYTES + 1;
  const status = readStatus(b, statusStart);
  if (b[statusStart - 1] !== SPACE || status < 100 || status > 599)
    return new HeadFault('its status line is malformed');
  let at = statusStart + 3;
  // Nearly all servers send the space without a reason too, some leave it out.
  if (b[at] === SPACE) while (VALUE[b[at] as number] === 1) at++;
  if (b[at] !== CR || b[at + 1] !== LF) return new HeadFault('its status line is malformed');
  const { section, limits } = context;
  const result = section.read(b, at + 2, end, limits.maxHeaderFields);
  if (result === 'too-many') return new HeadFault('its head has too many fields', 'overload');
  if (result === 'malformed') return new HeadFault('a field is malformed');
  const facts = connectionFacts(section, version === 'HTTP/1.0');
  if (typeof facts === 'string') return new HeadFault(facts);
  const framing = framingOf(status, facts);
  if (typeof framing === 'string') return new HeadFault(framing);
  return listed(status, facts, framing, { bytes, isHttp10: version === 'HTTP/1.0', ...context });
}

/** RFC 9112 §6.3, in its order; the request's method is the caller's. */
function framingOf(status: number, facts: ConnectionFacts): Framing | string {
  if (status < 200 || status === 204) {
    // A body that a reader might see where there can be none (RFC 9112 §6.1, RFC 9110 §8.6).
    return facts.isChunked || facts.contentLength > 0 ? `a body with status ${status}` : NO_BODY;
  }
  if (status === 304) return NO_BODY;
  if (facts.isChunked) return CHUNKED;
  return facts.contentLength >= 0 ? lengthFraming(facts.contentLength) : UNTIL_CLOSE;
}

function listed(
  status: number,
  facts: ConnectionFacts,
  framing: Framing,
  context: ResponseContext & { readonly bytes: Buffer | null; readonly isHttp10: boolean },
): ResponseHead {
  const { section, builder, bytes } = context;
  // A length where there is no body at all (RFC 9110 §8.6); some servers say 0.
  const isUnsized = status < 200 || status === 204;
  builder.begin(context.learned);
  builder.add(':status', status === 101 ? '200' : String(status));
  let accept: string | null = null;
  for (let at = 0; at < section.names.length; at++) {
    const name = section.names[at] as string;
    const value = section.values[at] as string;
    if (status === 101 && name === ACCEPT_FIELD) {
      accept = value;
      continue;
    }
    if (facts.isDropped(name, value) || (isUnsized && name === 'content-length')) continue;
    builder.add(name, value);
  }
  return {
    bytes,
    generation: builder.generation,
    status,
    list: builder.list(),
    fields: builder.fields(),
    framing,
    closes: facts.closes || context.isHttp10,
    keepAliveMs: facts.keepAliveMs,
    upgrade: facts.upgrade,
    accept,
  };
}

function readStatus(b: Buffer, at: number): number {
  let status = 0;
  for (let index = at; index < at + 3; index++) {
    const digit = b[index] as number;
    if (digit < ZERO || digit > NINE) return -1;
    status = status * 10 + digit - ZERO;
  }
  return status;
}
