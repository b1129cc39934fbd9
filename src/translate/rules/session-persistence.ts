// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { SessionPersistence as Asked, GRPCRoute } from '../../resources/index.ts';
import type { SessionPersistence } from '../../snapshot/index.ts';
import { parseDuration } from '../../values/index.ts';
import { warningFinding } from '../report.ts';
import { isConnectionField } from './header-change.ts';

/** The name of the cookie or header when the route gives none. */
const DEFAULT_NAME = 'daemun-session';
/** RFC 9110 §5.6.2, RFC 6265 §4.1.1. The API takes any text. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Headers that mean something else to us or to gRPC, or never come back from a client. */
const RESERVED = /^(content-type|cookie|set-cookie|grpc-.*|x-envoy-.*|x-forwarded-.*)$/;

export interface CompiledSession {
  /** null: the rule keeps no sessions. */
  readonly policy: SessionPersistence | null;
  readonly findings: readonly Finding[];
}

/** GRPCRouteRule.sessionPersistence as the data plane takes it. The schema has checked the durations. */
export function compileSessionPersistence(
  asked: Asked | undefined,
  { route, path }: { readonly route: GRPCRoute; readonly path: readonly (string | number)[] },
): CompiledSession {
  if (asked === undefined) return { policy: null, findings: [] };
  const kind = asked.type === 'Header' ? 'header' : 'cookie';
  const name = asked.sessionName === undefined || asked.sessionName === '' ? DEFAULT_NAME : asked.sessionName;
  const sessionName = kind === 'header' ? name.toLowerCase() : name;
  if (!isUsable(kind, sessionName)) {
    const finding = warningFinding('route/session-name', route, {
      path: [...path, 'sessionName'],
      message: `No ${kind} can be named ${name}: the rule keeps no sessions`,
      help: `Choose a name such as ${DEFAULT_NAME}, or leave it out`,
    });
    return { policy: null, findings: [finding] };
  }
  const timeoutMs = asked.absoluteTimeout === undefined ? undefined : parseDuration(asked.absoluteTimeout);
  const policy: SessionPersistence = {
    kind,
    sessionName,
    absoluteTimeoutMs: timeoutMs !== undefined && timeoutMs > 0 ? timeoutMs : null,
    lifetime: asked.cookieConfig?.lifetimeType === 'Permanent' ? 'permanent' : 'session',
  };
  return { policy, findings: [] };
}

function isUsable(kind: 'cookie' | 'header', name: string): boolean {
  if (!TOKEN.test(name)) return false;
  return kind === 'cookie' || (!RESERVED.test(name) && !isConnectionField(name));
}
