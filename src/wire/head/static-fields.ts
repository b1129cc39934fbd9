// SPDX-License-Identifier: Apache-2.0

import { Field, fieldFlags } from './field.ts';

/** The fields of HPACK's static table (RFC 7541 appendix A), which heads of every version are made of; index 1 is the first. */
const PAIRS: readonly (readonly [string, string])[] = [
  [':authority', ''],
  [':method', 'GET'],
  [':method', 'POST'],
  [':path', '/'],
  [':path', '/index.html'],
  [':scheme', 'http'],
  [':scheme', 'https'],
  [':status', '200'],
  [':status', '204'],
  [':status', '206'],
  [':status', '304'],
  [':status', '400'],
  [':status', '404'],
  [':status', '500'],
  ['accept-charset', ''],
  ['accept-encoding', 'gzip, deflate'],
  ['accept-language', ''],
  ['accept-ranges', ''],
  ['accept', ''],
  ['access-control-allow-origin', ''],
  ['age', ''],
  ['allow', ''],
  ['authorization', ''],
  ['cache-control', ''],
  ['content-disposition', ''],
  ['content-encoding', ''],
  ['content-language', ''],
  ['content-length', ''],
  ['content-location', ''],
  ['content-range', ''],
  ['content-type', ''],
  ['cookie', ''],
  ['date', ''],
  ['etag', ''],
  ['expect', ''],
  ['expires', ''],
  ['from', ''],
  ['host', ''],
  ['if-match', ''],
  ['if-modified-since', ''],
  ['if-none-match', ''],
  ['if-range', ''],
  ['if-unmodified-since', ''],
  ['last-modified', ''],
  ['link', ''],
  ['location', ''],
  ['max-forwards', ''],
  ['proxy-authenticate', ''],
  ['proxy-authorization', ''],
  ['range', ''],
  ['referer', ''],
  ['refresh', ''],
  ['retry-after', ''],
  ['server', ''],
  ['set-cookie', ''],
  ['strict-transport-security', ''],
  ['transfer-encoding', ''],
  ['user-agent', ''],
  ['vary', ''],
  ['via', ''],
  ['www-authenticate', ''],
];

/** How many entries: dynamic indices begin one above. */
export const STATIC_COUNT = 61;

/** The static table; element 0 is unused filler so that indices are those of the RFC. */
export const STATIC_FIELDS: readonly Field[] = [['', ''] as const, ...PAIRS].map(
  ([name, value]) => new Field(name, value, name === '' ? 0 : fieldFlags(name, value)),
);

/** Where a name is found first, and where its values are. */
export interface StaticName {
  readonly index: number;
  readonly values: ReadonlyMap<string, number>;
}

/** Names of the static table, for encoders. */
export const STATIC_NAMES: ReadonlyMap<string, StaticName> = indexNames();

function indexNames(): Map<string, StaticName> {
  const names = new Map<string, { index: number; values: Map<string, number> }>();
  for (const [at, [name, value]] of PAIRS.entries()) {
    const known = names.get(name) ?? { index: at + 1, values: new Map<string, number>() };
    // An empty value in the appendix stands for "no value": it still is a valid pair for fields that are empty.
    known.values.set(value, at + 1);
    names.set(name, known);
  }
  return names;
}
