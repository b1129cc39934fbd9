// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { SessionPersistence as Asked } from '../../resources/index.ts';
import type { SessionPersistence } from '../../snapshot/index.ts';
import { parseDuration } from '../../values/index.ts';
import { notServedOfCookie } from '../not-served.ts';
import { findingOf, type Named } from '../report.ts';
import { isConnectionField } from './header-change.ts';

/** The name of the cookie when the route gives none. */
const DEFAULT_NAME = 'daemun-session';
/** Headers that mean something else to us or to gRPC, or never come back from a client. */
const RESERVED = /^(content-type|cookie|set-cookie|grpc-.*|x-envoy-.*|x-forwarded-.*)$/;

export interface CompiledSession {
  /** null: the rule keeps no sessions. */
  readonly policy: SessionPersistence | null;
  readonly findings: readonly Finding[];
}

/** sessionPersistence of a rule as the data plane takes it. The schema has checked durations and names. */
export function compileSessionPersistence(
  asked: Asked | undefined,
  { route, path }: { readonly route: Named; readonly path: readonly (string | number)[] },
): CompiledSession {
  if (asked === undefined) return { policy: null, findings: [] };
  const timeoutMs = parseDuration(asked.absoluteTimeout ?? '') ?? 0;
  const absoluteTimeoutMs = timeoutMs > 0 ? timeoutMs : null;
  if (asked.type === 'Cookie') {
    const { name, path: cookiePath, lifetimeType } = asked.cookie;
    const lifetime = lifetimeType === 'Permanent' ? 'permanent' : 'session';
    const policy: SessionPersistence = {
      kind: 'cookie',
      sessionName: name ?? DEFAULT_NAME,
      absoluteTimeoutMs,
      lifetime,
    };
    return { policy, findings: notServedOfCookie(route, { path: [...path, 'cookie', 'path'], cookiePath }) };
  }
  const sessionName = asked.header.name.toLowerCase();
  if (!RESERVED.test(sessionName) && !isConnectionField(sessionName)) {
    return { policy: { kind: 'header', sessionName, absoluteTimeoutMs, lifetime: 'session' }, findings: [] };
  }
  const finding = findingOf('route/session-name', route, {
    path: [...path, 'header', 'name'],
    message: `No session can be kept in header ${asked.header.name}: the rule keeps no sessions`,
    help: `Choose a name such as ${DEFAULT_NAME}`,
  });
  return { policy: null, findings: [finding] };
}
