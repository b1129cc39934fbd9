// SPDX-License-Identifier: Apache-2.0

/**
 * Request targets in one form (RFC 3986 §6.2.2), so that rules and endpoints read the same path. What could be read in two ways, whatever
 * is done to it, is refused. docs/requests.md has the table with the reasons.
 */

const SLASH = 0x2f;
const DOT = 0x2e;
const QUESTION = 0x3f;

/** What stands for itself in a path: `pchar` of RFC 3986 but percent-encoding; slashes are looked at. */
const IS_PLAIN: readonly boolean[] = Array.from({ length: 256 }, (_, code) =>
  /[A-Za-z0-9\-._~!$&'()*+,;=:@]/.test(String.fromCharCode(code)),
);
const UNRESERVED = /[A-Za-z0-9\-._~]/;
/** No path of a URI holds them (RFC 3986 §3.3), but clients send them. */
const UNENCODED = /["<>[\]^`{|}\x80-\xff]/g;
/** Nor a query; its other characters are data of whoever made it. */
const UNENCODED_IN_QUERY = /[\x80-\xff]/g;
const ESCAPE = /%[0-9A-Fa-f]{2}/g;
/** What a next hop that decodes may take for a slash. */
const HIDDEN_SLASH = /%2F|%5C/;

/**
 * The target in its one form: unreserved characters decoded, other escapes in capitals, slashes merged, dot segments resolved; of the query only bytes above 0x7f are encoded.
 * The same string when it is in that form already, and for what is no path (`*`). '': it is refused, `targetFault` says why.
 * `normalTarget(normalTarget(t))` is `normalTarget(t)`. O(length), one look at each character for most.
 */
export function normalTarget(target: string): string {
  if (target.charCodeAt(0) !== SLASH || isNormal(target)) return target;
  if (targetFault(target) !== undefined) return '';
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  return `${resolved(encodedOnce(path))}${mark < 0 ? '' : target.slice(mark).replace(UNENCODED_IN_QUERY, percentEncoded)}`;
}

/** Why a target is refused, to be put after it; undefined: it is not. */
export function targetFault(target: string): string | undefined {
  if (!target.startsWith('/')) return undefined;
  if (/[^!-~\x80-\xff]/.test(target)) return 'has a space or a control character';
  if (target.includes('#')) return 'has a fragment';
  const [path = ''] = target.split('?', 1);
  if (path.includes('\\')) return 'has a backslash';
  if (/%(?![0-9A-Fa-f]{2})/.test(path)) return 'has a percent sign that is no encoding';
  if (path.includes('%00')) return 'has an encoded NUL';
  return encodedOnce(path).split('/').some(hidesDots) ? 'has a dot segment that only some would see' : undefined;
}

/** Whether nothing has to be done; false also for a few that only look so. */
function isNormal(target: string): boolean {
  const { length } = target;
  for (let at = 0; at < length; at++) {
    const code = target.charCodeAt(at);
    if (code === SLASH) {
      const next = target.charCodeAt(at + 1);
      if (next === SLASH || next === DOT) return false;
    } else if (code === QUESTION) return isQuery(target, at + 1);
    else if (IS_PLAIN[code] !== true) return false;
  }
  return true;
}

/** Whether all from `from` on stands for itself in a query. */
function isQuery(target: string, from: number): boolean {
  for (let at = from; at < target.length; at++) {
    const code = target.charCodeAt(at);
    if (code <= 0x20 || code === 0x23 || code >= 0x7f) return false;
  }
  return true;
}

/** A path whose escapes are sound, with what may be decoded decoded and what must be encoded encoded. */
function encodedOnce(path: string): string {
  return path
    .replace(ESCAPE, text => {
      const character = String.fromCharCode(Number.parseInt(text.slice(1), 16));
      return UNRESERVED.test(character) ? character : text.toUpperCase();
    })
    .replace(UNENCODED, percentEncoded);
}

function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** A segment that a server reads as a dot segment which takes encoded slashes for slashes, or cuts path parameters off (`..;x`). */
function hidesDots(segment: string): boolean {
  if (isDots(segment)) return false;
  return segment.split(HIDDEN_SLASH).some(part => isDots(part.split(';', 1)[0] ?? ''));
}

function isDots(segment: string): boolean {
  return segment === '.' || segment === '..';
}

/** Slashes merged, then dot segments removed (RFC 3986 §5.2.4). */
function resolved(path: string): string {
  const segments = path
    .replace(/\/{2,}/g, '/')
    .slice(1)
    .split('/');
  const kept: string[] = [];
  for (const segment of segments) {
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
  }
  if (isDots(segments.at(-1) ?? '')) kept.push('');
  return `/${kept.join('/')}`;
}
