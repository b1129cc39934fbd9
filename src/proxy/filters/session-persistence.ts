// SPDX-License-Identifier: Apache-2.0

/**
 * Session persistence (GEP-1619): the first answer brings a token, later requests that carry it go to the endpoint that it
 * names while that can be used, whatever the weights say. A token counts for the rule that it was made for, and only for
 * backends that the rule has now. Sessions of a backend begin where the weights have chosen it, and count for all rules.
 */
import type { SessionPersistence } from '../../snapshot/index.ts';
import { fieldOf, type HeaderList, type VolatileFields } from '../../wire/index.ts';
import type { MacKey } from './session-key.ts';
import { isRenewalDue, readToken, type SessionToken, writeToken } from './session-token.ts';

/** What a session is read and written with. */
export interface SessionContext {
  /** The first one signs; none: there are no sessions. */
  readonly keys: readonly MacKey[];
  /** Wall clock. */
  readonly nowMs: number;
}

/** The policy of a rule or of a backend, with what its tokens are bound to. Made once for each. */
export class RuleSession {
  readonly #policy: SessionPersistence;
  readonly #purpose: string;

  /** `owner`: the id of the rule or the backend. */
  constructor(owner: string, policy: SessionPersistence) {
    this.#policy = policy;
    this.#purpose = `${owner}\0${policy.kind}\0${policy.sessionName}`;
  }

  /** The session that a request belongs to; null: none, or past its absolute timeout. */
  read(head: HeaderList, fields: VolatileFields, { keys, nowMs }: SessionContext): SessionToken | null {
    const { kind, sessionName, absoluteTimeoutMs } = this.#policy;
    const text =
      kind === 'cookie' ? cookieOf(head, sessionName) : (head.get(sessionName) ?? fieldOf(fields, sessionName));
    const token = text === undefined ? null : readToken(text, this.#purpose, { keys, nowMs });
    if (token === null || (absoluteTimeoutMs !== null && nowMs - token.startedAtMs >= absoluteTimeoutMs)) return null;
    return token;
  }

  /**
   * Name and value of the response field that starts a session with an endpoint, or moves or renews one; null: the client's
   * token is good as it is. `known`: what `read` said. `isSecure`: the client came by TLS.
   */
  write(
    known: SessionToken | null,
    {
      backend,
      endpoint,
      isSecure,
    }: { readonly backend: number; readonly endpoint: string; readonly isSecure: boolean },
    { keys, nowMs }: SessionContext,
  ): readonly [string, string] | null {
    const [first, ...others] = keys;
    if (first === undefined) return null;
    if (known !== null && known.endpoint === endpoint && known.backend === backend && !isRenewalDue(known, nowMs))
      return null;
    const token = { backend, endpoint, startedAtMs: Math.min(known?.startedAtMs ?? nowMs, nowMs), issuedAtMs: nowMs };
    const text = writeToken(token, this.#purpose, [first, ...others]);
    switch (this.#policy.kind) {
      case 'header':
        return [this.#policy.sessionName, text];
      case 'cookie':
        return ['set-cookie', cookieFor(this.#policy, text, { token, isSecure })];
    }
  }
}

function cookieFor(
  { sessionName, path, lifetime, absoluteTimeoutMs }: Extract<SessionPersistence, { kind: 'cookie' }>,
  text: string,
  { token, isSecure }: { readonly token: SessionToken; readonly isSecure: boolean },
): string {
  const attributes = [`${sessionName}=${text}`, `Path=${path}`, 'HttpOnly'];
  if (isSecure) attributes.push('Secure');
  if (lifetime === 'permanent' && absoluteTimeoutMs !== null) {
    const leftMs = Math.max(0, token.startedAtMs + absoluteTimeoutMs - token.issuedAtMs);
    attributes.push(`Max-Age=${Math.ceil(leftMs / 1000)}`);
  }
  return attributes.join('; ');
}

/** The first cookie of a name. O(length), nothing is split: a cookie of some kilobytes can be repeated by one byte. */
function cookieOf(head: HeaderList, name: string): string | undefined {
  for (let at = 0; at < head.names.length; at++) {
    if (head.names[at] !== 'cookie') continue;
    const found = pairOf(head.values[at] as string, `${name}=`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function pairOf(cookies: string, prefix: string): string | undefined {
  for (let at = cookies.indexOf(prefix); at >= 0; at = cookies.indexOf(prefix, at + 1)) {
    if (!beginsPair(cookies, at)) continue;
    const end = cookies.indexOf(';', at);
    return cookies.slice(at + prefix.length, end < 0 ? undefined : end).trim();
  }
  return undefined;
}

/** Nothing but blanks stands between `at` and the pair before. */
function beginsPair(cookies: string, at: number): boolean {
  let before = at - 1;
  while (before >= 0 && (cookies[before] === ' ' || cookies[before] === '\t')) before--;
  return before < 0 || cookies[before] === ';';
}
