// SPDX-License-Identifier: Apache-2.0

import { isAuthority, isSameAuthority } from '../../values/index.ts';
import { HeaderList } from '../head/header-list.ts';
import { latin1 } from '../head/latin1.ts';
import type { VolatileFields } from '../head/volatile-fields.ts';
import { isKey, KEY_FIELD, WEBSOCKET } from '../websocket/handshake.ts';
import { NOTHING_READ, readBegunHead } from './begun-head.ts';
import { type ConnectionFacts, connectionFacts } from './connection-fields.ts';
import type { FieldSection } from './field-section.ts';
import { CHUNKED, type Framing, lengthFraming, NO_BODY } from './framing.ts';
import type { HeadListBuilder } from './head-list.ts';
import type { LearnedNames } from './learned-names.ts';
import type { Http1Limits } from './limits.ts';
import { CR, LF, SPACE, TARGET, TOKEN } from './octets.ts';
import { parseTarget } from './request-target.ts';

/** A request's head as read. Equal bytes may give the same object. */
export interface RequestHead {
  readonly kind: 'request';
  /** What it was read from, for comparing; null: not kept. */
  readonly bytes: Buffer | null;
  /** Of the steady names by which it was sorted into list and fields. */
  readonly generation: number;
  readonly scheme: 'http' | 'https';
  readonly list: HeaderList;
  readonly fields: VolatileFields;
  readonly framing: Framing;
  readonly isHttp10: boolean;
  /** The connection ends with the response. */
  readonly closes: boolean;
  readonly isHead: boolean;
  readonly expectsContinue: boolean;
  readonly upgrade: Upgrade | null;
}

/** What a request asks to go on with behind the head. */
export interface Upgrade {
  /** In lower case. */
  readonly protocol: string;
  /** Of a WebSocket, what its client wants to see proved; else null. */
  readonly key: string | null;
}

/** Why a request is not taken, and what is answered. */
export interface RefusedHead {
  readonly kind: 'refused';
  readonly status: 400 | 414 | 431 | 501 | 505;
  readonly detail: string;
  /** What was read of it. */
  readonly partial: HeaderList;
}

export interface RequestContext {
  readonly section: FieldSection;
  readonly builder: HeadListBuilder;
  readonly learned: LearnedNames;
  readonly limits: Http1Limits;
  readonly scheme: 'http' | 'https';
}

const VERSION_BYTES = 8;

export function refusedHead(
  status: RefusedHead['status'],
  detail: string,
  partial: HeaderList = NOTHING_READ,
): RefusedHead {
  return { kind: 'refused', status, detail, partial };
}

interface RequestLine {
  readonly kind: 'line';
  readonly method: string;
  readonly target: string;
  readonly isHttp10: boolean;
  /** Where the fields begin. */
  readonly next: number;
}

/** Reads the head in `b[start, end)`, whose empty line ends there (RFC 9112 §3). `bytes`: a copy of it that may be kept. */
export function readRequestHead(
  b: Buffer,
  start: number,
  end: number,
  bytes: Buffer | null,
  context: RequestContext,
): RequestHead | RefusedHead {
  const { section, limits } = context;
  const line = readRequestLine(b, start, end, limits.maxTargetBytes);
  if (line.kind === 'refused')
    return { ...line, partial: readBegunHead(b.subarray(start, end), section, limits.maxHeaderFields) };
  const result = section.read(b, line.next, end, limits.maxHeaderFields);
  const facts = result === 'read' ? connectionFacts(section, line.isHttp10) : result;
  if (typeof facts === 'string') {
    const partial = partialHead(line, section);
    return facts === 'too-many'
      ? refusedHead(431, 'too many fields', partial)
      : refusedHead(400, facts === 'malformed' ? 'a field is malformed' : facts, partial);
  }
  return addressed(line, facts, bytes, context);
}

function readRequestLine(b: Buffer, start: number, end: number, maxTargetBytes: number): RequestLine | RefusedHead {
  let at = start;
  while (TOKEN[b[at] as number] === 1) at++;
  if (at === start || b[at] !== SPACE) return refusedHead(400, 'the request line is malformed');
  const method = latin1(b, start, at);
  const targetStart = ++at;
  while (TARGET[b[at] as number] === 1) at++;
  if (at - targetStart > maxTargetBytes) return refusedHead(414, 'the target is too long');
  if (at === targetStart || b[at] !== SPACE) return refusedHead(400, 'the target is malformed');
  const target = latin1(b, targetStart, at);
  const versionStart = at + 1;
  const lineEnd = versionStart + VERSION_BYTES;
  if (lineEnd + 2 > end || b[lineEnd] !== CR || b[lineEnd + 1] !== LF) {
    return refusedHead(400, 'the request line is malformed');
  }
  const version = latin1(b, versionStart, lineEnd);
  if (version !== 'HTTP/1.1' && version !== 'HTTP/1.0') {
    const isVersion = /^HTTP\/\d\.\d$/.test(version);
    return refusedHead(isVersion ? 505 : 400, isVersion ? `${version} is not served` : 'the version is malformed');
  }
  if (method === 'CONNECT') return refusedHead(501, 'CONNECT is not served');
  return { kind: 'line', method, target, isHttp10: version === 'HTTP/1.0', next: lineEnd + 2 };
}

/**
 * Says where the request goes. Stricter than RFC 9112 §3.2.2, by which a target that names a host makes `Host` worthless: a client
 * must send the same in both, and another server might go by the other one.
 */
function addressed(
  line: RequestLine,
  facts: ConnectionFacts,
  bytes: Buffer | null,
  context: RequestContext,
): RequestHead | RefusedHead {
  const { section, scheme } = context;
  const target = parseTarget(line.method, line.target);
  if (target === null) return refusedHead(400, 'the target is malformed', partialHead(line, section));
  const at = section.names.indexOf('host');
  const host = at < 0 ? null : (section.values[at] as string);
  const authority = target.authority ?? host;
  const isSound =
    (authority === null ? line.isHttp10 : isAuthority(authority)) &&
    (host !== null || line.isHttp10) &&
    (at < 0 || section.names.indexOf('host', at + 1) < 0) &&
    (host === null || authority === null || isSameAuthority(host, authority, scheme)) &&
    (target.scheme === null || target.scheme === scheme);
  if (!isSound) return refusedHead(400, 'host is missing, malformed or doubled', partialHead(line, section));
  const { builder } = context;
  const framing = facts.isChunked ? CHUNKED : lengthFraming(Math.max(0, facts.contentLength));
  const upgrade = framing === NO_BODY ? upgradeOf(line.method, facts, section) : null;
  builder.begin(context.learned);
  builder.add(':method', line.method);
  builder.add(':scheme', scheme);
  if (authority !== null) builder.add(':authority', authority);
  builder.add(':path', target.path);
  if (upgrade !== null) builder.add(':protocol', upgrade.protocol);
  let expectsContinue = false;
  for (let index = 0; index < section.names.length; index++) {
    const name = section.names[index] as string;
    const value = section.values[index] as string;
    if (name === 'host' || facts.isDropped(name, value)) continue;
    if (name === KEY_FIELD && upgrade?.key === value) continue;
    if (name === 'expect' && value.toLowerCase() === '100-continue') {
      // An HTTP/1.0 client cannot take an interim response, and one without a body has nothing to wait for (RFC 9110 §10.1.1).
      if (line.isHttp10 || framing === NO_BODY) continue;
      expectsContinue = true;
    }
    builder.add(name, value);
  }
  return {
    kind: 'request',
    bytes,
    generation: builder.generation,
    scheme,
    list: builder.list(),
    fields: builder.fields(),
    framing,
    isHttp10: line.isHttp10,
    closes: facts.closes || line.isHttp10,
    isHead: line.method === 'HEAD',
    expectsContinue,
    upgrade,
  };
}

/**
 * The upgrade that is asked for; null: none, or none that could be granted, so that the request is like any other (RFC 9110 §7.8).
 * An answer to HEAD would have no end, and a WebSocket is asked for with GET and one key (RFC 6455 §4.2.1).
 */
function upgradeOf(method: string, { upgrade }: ConnectionFacts, { names, values }: FieldSection): Upgrade | null {
  if (upgrade === null || method === 'HEAD') return null;
  if (upgrade !== WEBSOCKET) return { protocol: upgrade, key: null };
  const at = names.indexOf(KEY_FIELD);
  const key = values[at] ?? '';
  const isSound = method === 'GET' && isKey(key) && names.indexOf(KEY_FIELD, at + 1) < 0;
  return isSound ? { protocol: upgrade, key } : null;
}

function partialHead(line: RequestLine, section: FieldSection): HeaderList {
  const { names, values } = section;
  const at = names.indexOf('host');
  const authority = at < 0 ? '' : (values[at] ?? '');
  const whole = Math.min(names.length, values.length);
  return new HeaderList(
    [':method', ':authority', ':path', ...names.slice(0, whole)],
    [line.method, authority, line.target, ...values.slice(0, whole)],
  );
}
