// SPDX-License-Identifier: Apache-2.0

import type { SessionPersistence } from '../../snapshot/index.ts';
import type { HeaderList } from '../../wire/index.ts';

/**
 * Session persistence (GEP-1619): the first answer names the endpoint in a token, later requests that carry the token go
 * to that endpoint while it can be used. The token says the endpoint and when the session began:
 * base64url(`address:port|startedAt in base 36`). It is a routing hint, not a secret; an endpoint that is not in the
 * cluster is ignored.
 */
export interface SessionToken {
  /** `address:port`. */
  readonly endpoint: string;
  readonly startedAtMs: number;
}

/** The session that a request belongs to; null: none, not readable, or past its absolute timeout. `nowMs`: wall clock. */
export function readSession(policy: SessionPersistence, head: HeaderList, nowMs: number): SessionToken | null {
  const text = policy.kind === 'header' ? head.get(policy.sessionName) : cookieOf(head, policy.sessionName);
  if (text === undefined || text.length > MAX_TOKEN_LENGTH) return null;
  const parts = Buffer.from(text, 'base64url').toString('latin1').split('|');
  const [endpoint, started] = parts;
  if (parts.length !== 2 || endpoint === undefined || started === undefined) return null;
  const startedAtMs = Number.parseInt(started, 36);
  if (!Number.isFinite(startedAtMs)) return null;
  if (policy.absoluteTimeoutMs !== null && nowMs - startedAtMs >= policy.absoluteTimeoutMs) return null;
  return { endpoint, startedAtMs };
}

/** Far above any address. */
const MAX_TOKEN_LENGTH = 256;

/** The response field that starts (or moves) a session: name and value. */
export function sessionField(
  policy: SessionPersistence,
  token: SessionToken,
  nowMs: number,
): readonly [string, string] {
  const text = Buffer.from(`${token.endpoint}|${token.startedAtMs.toString(36)}`, 'latin1').toString('base64url');
  if (policy.kind === 'header') return [policy.sessionName, text];
  const attributes = [`${policy.sessionName}=${text}`, 'Path=/', 'HttpOnly'];
  if (policy.lifetime === 'permanent' && policy.absoluteTimeoutMs !== null) {
    const leftMs = Math.max(0, token.startedAtMs + policy.absoluteTimeoutMs - nowMs);
    attributes.push(`Max-Age=${Math.ceil(leftMs / 1000)}`);
  }
  return ['set-cookie', attributes.join('; ')];
}

function cookieOf(head: HeaderList, name: string): string | undefined {
  const prefix = `${name}=`;
  for (let at = 0; at < head.names.length; at++) {
    if (head.names[at] !== 'cookie') continue;
    for (const pair of (head.values[at] as string).split(';')) {
      const trimmed = pair.trim();
      if (trimmed.startsWith(prefix)) return trimmed.slice(prefix.length);
    }
  }
  return undefined;
}
