// SPDX-License-Identifier: Apache-2.0

import type { RequestFailureReason } from '../../errors/index.ts';
import { type Listener, ownerName } from '../../snapshot/index.ts';
import { plainAddress } from '../../values/index.ts';
import type { LoggedStream } from '../access-log/index.ts';
import { routeName, ruleName } from '../metrics/index.ts';
import type { UdpSession } from './udp-session.ts';

/** What the access log says of a session that is over. `reason` null: nothing was left to be answered. */
export function loggedSession(
  session: UdpSession,
  listener: Listener,
  reason: RequestFailureReason | null,
): LoggedStream {
  return {
    clientAddress: plainAddress(session.address),
    clientNamespace: null,
    gateway: ownerName(listener),
    listener: listener.id,
    serverName: null,
    protocol: 'udp',
    rule: { route: routeName(session.rule), ruleName: ruleName(session.rule) },
    endpoint: session.endpoint?.key ?? null,
    attempts: session.attempts,
    waitedMs: 0,
    durationMs: session.lastMs - session.startedMs,
    bytesReceived: session.receivedBytes,
    bytesSent: session.sentBytes,
    reason,
  };
}
