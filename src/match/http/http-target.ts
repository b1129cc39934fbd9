// SPDX-License-Identifier: Apache-2.0

const PERCENT = 0x25;
const EQUALS = 0x3d;

/** Up to here a parameter is looked for each time, which costs less than to remember it, or little more. */
const SHORT_QUERY = 256;

/** What an HTTP request is for, taken apart once for each. */
export class HttpTarget {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** Without the question mark; '' when there is none. */
  readonly query: string;
  /** What was looked for in a long query: all rules of a path may ask for the same parameters. */
  #params: Map<string, string | undefined> | null = null;

  constructor(method: string, path: string, query: string) {
    this.method = method;
    this.path = path;
    this.query = query;
  }

  /** As `queryValue` says. */
  param(name: string): string | undefined {
    if (this.query.length <= SHORT_QUERY) return queryValue(this.query, name);
    this.#params ??= new Map();
    const known = this.#params.get(name);
    if (known !== undefined || this.#params.has(name)) return known;
    const value = queryValue(this.query, name);
    this.#params.set(name, value);
    return value;
  }
}

/**
 * Splits a request target in origin form. Undefined for the others, of which no match speaks: `*` (OPTIONS) and the authority of
 * CONNECT.
 */
export function splitTarget(method: string, target: string): HttpTarget | undefined {
  if (!target.startsWith('/')) return undefined;
  const mark = target.indexOf('?');
  if (mark < 0) return new HttpTarget(method, target, '');
  return new HttpTarget(method, target.slice(0, mark), target.slice(mark + 1));
}

/**
 * The value of a query parameter, percent-decoded; undefined when there is none. Of several the first counts
 * (HTTPQueryParamMatch.name recommends it); names are compared exactly, as the API says, and have no `=`.
 *
 * O(query), and clients choose 64 KiB of it: other parameters are neither copied nor decoded.
 */
export function queryValue(query: string, name: string): string | undefined {
  let at = 0;
  while (at < query.length) {
    const next = query.indexOf('&', at);
    const end = next < 0 ? query.length : next;
    const after = endOfName(query, name, { at, end });
    if (after === end) return '';
    if (after >= 0 && query.charCodeAt(after) === EQUALS) return decoded(query.slice(after + 1, end));
    at = end + 1;
  }
  return undefined;
}

/** Where `name` ends when it begins at `at`, each character as it is or percent-encoded; -1: it does not. */
function endOfName(query: string, name: string, { at, end }: { readonly at: number; readonly end: number }): number {
  let next = at;
  for (let i = 0; i < name.length; i++) {
    if (next >= end) return -1;
    const wanted = name.charCodeAt(i);
    const code = query.charCodeAt(next);
    if (code === PERCENT && encodedAt(query, next) === wanted) next += 3;
    else if (code === wanted) next++;
    else return -1;
  }
  return next;
}

/** The character that is percent-encoded at `at`; NaN or another one where none is. */
function encodedAt(query: string, at: number): number {
  return 16 * digitAt(query, at + 1) + digitAt(query, at + 2);
}

/** The value of a hexadecimal digit, or NaN. */
function digitAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : Number.NaN;
}

/** Text that is no percent-encoding stands for itself. */
function decoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
