// SPDX-License-Identifier: Apache-2.0

/** What `traceparent` says (W3C Trace Context §3.2). Ids in lower-case hex, as they came. */
export interface TraceParent {
  /** 32 digits, not all 0. */
  readonly traceId: string;
  /** The caller's span: 16 digits, not all 0. */
  readonly spanId: string;
  /** The caller records the trace. */
  readonly isSampled: boolean;
  /** Enough of the trace id is random that choices may be made by it (Trace Context Level 2, §3.2.3.2). */
  readonly isRandom: boolean;
}

/** `00-TRACE-SPAN-FLAGS`: what every version begins with. */
const LENGTH = 55;
const DASH = 0x2d;
const SAMPLED = 1;
const RANDOM = 2;

/** Reads `traceparent`; null: it is not one, and the trace that it meant is lost (§4.3). Never throws; O(1). */
export function parseTraceParent(text: string): TraceParent | null {
  if (text.length < LENGTH || !isHex(text, 0, 2) || !isHex(text, 53, 55)) return null;
  if (text.charCodeAt(2) !== DASH || text.charCodeAt(35) !== DASH || text.charCodeAt(52) !== DASH) return null;
  const isFirstVersion = text.startsWith('00');
  if (text.startsWith('ff') || (text.length > LENGTH && (isFirstVersion || text.charCodeAt(LENGTH) !== DASH)))
    return null;
  if (!isHex(text, 3, 35) || !isHex(text, 36, 52) || isZero(text, 3, 35) || isZero(text, 36, 52)) return null;
  const flags = Number.parseInt(text.slice(53, 55), 16);
  return {
    traceId: text.slice(3, 35),
    spanId: text.slice(36, 52),
    isSampled: (flags & SAMPLED) !== 0,
    isRandom: (flags & RANDOM) !== 0,
  };
}

/** `traceparent` of version 00, which is the one that is sent whatever version came. */
export function formatTraceParent({ traceId, spanId, isSampled, isRandom }: TraceParent): string {
  return `00-${traceId}-${spanId}-0${(isSampled ? SAMPLED : 0) + (isRandom ? RANDOM : 0)}`;
}

/** Entries that `tracestate` may have (§3.3.1.1); as many empty ones more. */
const MAX_MEMBERS = 32;
/** A longer one need not be passed on (§3.3.1.5 asks for 512 at least). */
const MAX_STATE_LENGTH = 4_096;
const MEMBER =
  /^(?:[a-z][a-z0-9_\-*/]{0,255}|[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

/** True for a `tracestate` that may go on with its trace; several fields of the name are one with commas between. */
export function isTraceState(text: string): boolean {
  if (text.length > MAX_STATE_LENGTH) return false;
  const parts = text.split(',');
  if (parts.length > 2 * MAX_MEMBERS) return false;
  const seen = new Set<string>();
  for (const part of parts) {
    const member = withoutBlanks(part);
    if (member === '') continue;
    const key = member.slice(0, member.indexOf('='));
    if (!MEMBER.test(member) || seen.has(key)) return false;
    seen.add(key);
  }
  return seen.size <= MAX_MEMBERS;
}

/** Without the blanks at both ends, in time that grows with their number: clients choose it. */
function withoutBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text, start)) start++;
  while (end > start && isBlank(text, end - 1)) end--;
  return text.slice(start, end);
}

function isBlank(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 0x20 || code === 0x09;
}

function isHex(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    const isDigit = code >= 0x30 && code <= 0x39;
    if (!isDigit && (code < 0x61 || code > 0x66)) return false;
  }
  return true;
}

function isZero(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (text.charCodeAt(at) !== 0x30) return false;
  return true;
}
