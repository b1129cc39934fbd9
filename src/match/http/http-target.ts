// SPDX-License-Identifier: Apache-2.0

/** What an HTTP request is for, taken apart once for each. */
export interface HttpTarget {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** Without the question mark; '' when there is none. */
  readonly query: string;
}

/**
 * Splits a request target in origin form. Undefined for the others, of which no match speaks: `*` (OPTIONS) and the authority of
 * CONNECT.
 */
export function splitTarget(method: string, target: string): HttpTarget | undefined {
  if (!target.startsWith('/')) return undefined;
  const mark = target.indexOf('?');
  if (mark < 0) return { method, path: target, query: '' };
  return { method, path: target.slice(0, mark), query: target.slice(mark + 1) };
}

/**
 * The value of a query parameter, percent-decoded; undefined when there is none. Of several the first counts
 * (HTTPQueryParamMatch.name recommends it); names are compared exactly, as the API says.
 */
export function queryValue(query: string, name: string): string | undefined {
  let at = 0;
  while (at < query.length) {
    const next = query.indexOf('&', at);
    const end = next < 0 ? query.length : next;
    const equals = query.indexOf('=', at);
    const hasValue = equals >= 0 && equals < end;
    if (decoded(query.slice(at, hasValue ? equals : end)) === name)
      return hasValue ? decoded(query.slice(equals + 1, end)) : '';
    at = end + 1;
  }
  return undefined;
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
