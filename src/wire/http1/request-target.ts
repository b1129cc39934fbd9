// SPDX-License-Identifier: Apache-2.0

/** Where a request goes, in HTTP/2's words. `authority` null: the target does not say. */
export interface RequestTarget {
  readonly path: string;
  readonly authority: string | null;
  readonly scheme: string | null;
}

const ABSOLUTE = /^(https?):\/\/([^/?]*)(.*)$/i;

/**
 * Reads a target (RFC 9112 §3.2) whose bytes are sound: a path with a query, `*` of OPTIONS, or a whole URI. Null: none of them.
 * The authority form is CONNECT's alone, which is not served.
 */
export function parseTarget(method: string, target: string): RequestTarget | null {
  if (target.startsWith('/')) return { path: target, authority: null, scheme: null };
  if (target === '*') return method === 'OPTIONS' ? { path: '*', authority: null, scheme: null } : null;
  const parts = ABSOLUTE.exec(target);
  if (parts === null) return null;
  const [, scheme = '', authority = '', rest = ''] = parts;
  return { path: pathOf(method, rest), authority, scheme: scheme.toLowerCase() };
}

/** RFC 9112 §3.2.1, §3.2.4: an empty path is `/`, and `*` of OPTIONS when there is no query either. */
function pathOf(method: string, rest: string): string {
  if (rest === '' && method === 'OPTIONS') return '*';
  return rest.startsWith('/') ? rest : `/${rest}`;
}
