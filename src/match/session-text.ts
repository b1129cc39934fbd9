// SPDX-License-Identifier: Apache-2.0

import type { SessionPersistence } from '../snapshot/index.ts';
import { formatDuration } from '../values/index.ts';

/** Which clients stay with an endpoint, and for how long; '' when none do. */
export function describeSession(policy: SessionPersistence | null): string {
  if (policy === null) return '';
  const { sessionName, absoluteTimeoutMs } = policy;
  const end = absoluteTimeoutMs === null ? '' : `, for ${formatDuration(absoluteTimeoutMs)} at most`;
  return `sessions: who sends ${policy.kind} ${sessionName} stays with the endpoint that gave it${end}`;
}
