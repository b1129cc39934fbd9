// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { SessionPersistence as Asked } from '../../resources/index.ts';
import type { SessionPersistence } from '../../snapshot/index.ts';
import { isConnectionField, parseDuration } from '../../values/index.ts';
import { contentHash } from '../content-hash.ts';
import { findingOf, type Named } from '../report.ts';

/** Headers that mean something else to us or to gRPC, or never come back from a client. */
const RESERVED = /^(content-type|cookie|set-cookie|grpc-.*|x-envoy-.*|x-forwarded-.*)$/;
/** RFC 6265 §4.1.1 path-value, of an absolute path: anything else ends the attribute, or browsers ignore it. */
const COOKIE_PATH = /^\/[\x20-\x3a\x3c-\x7e]*$/;

export interface CompiledSession {
  /** null: no sessions are kept. */
  readonly policy: SessionPersistence | null;
  readonly findings: readonly Finding[];
}

/** Where sessions are asked for. */
interface SessionSite {
  /** A route, or an object that speaks for a backend. */
  readonly owner: Named;
  /** Of the rule or the backend. */
  readonly id: string;
  readonly path: readonly (string | number)[];
}

type Policy<Kind extends SessionPersistence['kind']> = Extract<SessionPersistence, { readonly kind: Kind }>;

/** sessionPersistence of a rule or a backend as the data plane takes it. The schema has checked durations and names. */
export function compileSessionPersistence(asked: Asked | undefined, site: SessionSite): CompiledSession {
  if (asked === undefined) return { policy: null, findings: [] };
  const timeoutMs = parseDuration(asked.absoluteTimeout ?? '') ?? 0;
  const absoluteTimeoutMs = timeoutMs > 0 ? timeoutMs : null;
  switch (asked.type) {
    case 'Cookie':
      return cookieSession(asked.cookie, absoluteTimeoutMs, site);
    case 'Header':
      return headerSession(asked.header.name, absoluteTimeoutMs, site);
  }
}

function cookieSession(
  { name, path, lifetimeType }: Extract<Asked, { readonly type: 'Cookie' }>['cookie'],
  absoluteTimeoutMs: number | null,
  site: SessionSite,
): CompiledSession {
  const isUsable = COOKIE_PATH.test(path);
  const policy: Policy<'cookie'> = {
    kind: 'cookie',
    sessionName: name ?? generatedName(site.id),
    absoluteTimeoutMs,
    lifetime: lifetimeType === 'Permanent' ? 'permanent' : 'session',
    path: isUsable ? path : '/',
  };
  if (isUsable) return { policy, findings: [] };
  const finding = findingOf('route/session-cookie-path', site.owner, {
    path: [...site.path, 'cookie', 'path'],
    message: `${JSON.stringify(path)} is no path that a cookie can have: the cookie is for all paths`,
    help: 'Begin it with a slash, and leave out semicolons and control characters',
  });
  return { policy, findings: [finding] };
}

function headerSession(written: string, absoluteTimeoutMs: number | null, site: SessionSite): CompiledSession {
  const sessionName = written.toLowerCase();
  if (!RESERVED.test(sessionName) && !isConnectionField(sessionName)) {
    const policy: Policy<'header'> = { kind: 'header', sessionName, absoluteTimeoutMs };
    return { policy, findings: [] };
  }
  const finding = findingOf('route/session-name', site.owner, {
    path: [...site.path, 'header', 'name'],
    message: `No session can be kept in header ${written}: there are no sessions`,
    help: 'Choose a name such as daemun-session',
  });
  return { policy: null, findings: [finding] };
}

/** The cookie of who names none: its own, or two rules would take the session of a client from each other. */
function generatedName(id: string): string {
  return `daemun-session-${contentHash(id).slice(0, 8)}`;
}
