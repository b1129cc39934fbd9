// SPDX-License-Identifier: Apache-2.0

import { type ByteRange, MAX_DOCUMENTS } from './document-ranges.ts';

const OPEN = 0x7b;
const CLOSE = 0x7d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BLANKS: ReadonlySet<number | undefined> = new Set([0x20, 0x09, 0x0a, 0x0d]);
const NULL = Buffer.from('null');

/** True when a text begins as a JSON object does. */
export function beginsAsJson(bytes: Buffer): boolean {
  return bytes[skipBlanks(bytes, 0, bytes.length)] === OPEN;
}

/**
 * Splits JSON objects that follow one another without separator (`{…}{…}`, as `kubectl get -o json` in a loop or `jq` print
 * them), each with the blanks before it. Undefined when the range is anything else, one object included: then it is read
 * as YAML, which one object is too. Ends early with more than `MAX_DOCUMENTS`.
 */
export function splitJsonValues(bytes: Buffer, { start, end }: ByteRange): ByteRange[] | undefined {
  const ranges: ByteRange[] = [];
  let from = start;
  for (let at = skipBlanks(bytes, start, end); at < end; at = skipBlanks(bytes, from, end)) {
    const stop = endOfValue(bytes, at, end);
    if (stop === undefined) return undefined;
    ranges.push({ start: from, end: stop });
    if (ranges.length > MAX_DOCUMENTS) return ranges;
    from = stop;
  }
  const last = ranges.pop();
  if (last === undefined || ranges.length === 0) return undefined;
  ranges.push({ start: last.start, end });
  return ranges.every(range => isJson(bytes, range)) ? ranges : undefined;
}

function skipBlanks(bytes: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end && BLANKS.has(bytes[at])) at++;
  return at;
}

/** Where the object, or `null`, that begins at `from` ends; undefined when neither does. */
function endOfValue(bytes: Buffer, from: number, end: number): number | undefined {
  if (bytes.subarray(from, from + NULL.length).equals(NULL)) return from + NULL.length;
  if (bytes[from] !== OPEN) return undefined;
  let depth = 0;
  for (let at = from; at < end; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) at = endOfString(bytes, at, end);
    else if (byte === OPEN) depth++;
    else if (byte === CLOSE && --depth === 0) return at + 1;
  }
  return undefined;
}

/** Where the string that begins at `from` has its closing quote; `end` when it has none. */
function endOfString(bytes: Buffer, from: number, end: number): number {
  for (let at = from + 1; at < end; at++) {
    if (bytes[at] === BACKSLASH) at++;
    else if (bytes[at] === QUOTE) return at;
  }
  return end;
}

function isJson(bytes: Buffer, { start, end }: ByteRange): boolean {
  try {
    JSON.parse(bytes.toString('utf8', start, end));
    return true;
  } catch {
    return false;
  }
}
