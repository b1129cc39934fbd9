// SPDX-License-Identifier: Apache-2.0

import type { Annotation, Parsed } from './annotation.ts';

/** Of names that are offered: more than any client asks for. */
const MAX_NAMES = 8;
/** Of a name, as it is sent (RFC 7301 §3.1). */
const NAME = /^[!-+\--~]{1,255}$/;

/** What clients may agree on with a listener that ends their TLS, before a stream of bytes (RFC 7301), the preferred first; empty: nothing. */
export const ALPN: Annotation<readonly string[]> = {
  name: 'daemun.dev/alpn',
  kinds: ['TLSRoute', 'TCPRoute'],
  syntax: 'names of protocols, the preferred first, such as h2,http/1.1',
  fallback: [],
  parse: parseNames,
};

function parseNames(text: string): Parsed<readonly string[]> {
  const names = [...new Set(text.split(',').map(name => name.trim()))];
  const wrong = names.find(name => !NAME.test(name));
  if (wrong !== undefined) return { problem: `"${wrong}" is not the name of a protocol` };
  return names.length > MAX_NAMES ? { problem: `it has more than ${MAX_NAMES} names` } : { value: names };
}
