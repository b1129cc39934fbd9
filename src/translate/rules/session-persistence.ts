// SPDX-License-Identifier: Apache-2.0

import type { SessionPersistence as Asked } from '../../resources/index.ts';
import type { SessionPersistence } from '../../snapshot/index.ts';
import { parseDuration } from '../../values/index.ts';

/** The name of the cookie or header when the route gives none. */
const DEFAULT_NAME = 'daemun-session';

/** GRPCRouteRule.sessionPersistence as the data plane takes it. The schema has checked the durations. */
export function compileSessionPersistence(asked: Asked | undefined): SessionPersistence | null {
  if (asked === undefined) return null;
  const kind = asked.type === 'Header' ? 'header' : 'cookie';
  const name = asked.sessionName === undefined || asked.sessionName === '' ? DEFAULT_NAME : asked.sessionName;
  const timeoutMs = asked.absoluteTimeout === undefined ? undefined : parseDuration(asked.absoluteTimeout);
  return {
    kind,
    sessionName: kind === 'header' ? name.toLowerCase() : name,
    absoluteTimeoutMs: timeoutMs !== undefined && timeoutMs > 0 ? timeoutMs : null,
    lifetime: asked.cookieConfig?.lifetimeType === 'Permanent' ? 'permanent' : 'session',
  };
}
