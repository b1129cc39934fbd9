// SPDX-License-Identifier: Apache-2.0

import {
  DEFAULT_HTTP1_LIMITS,
  DEFAULT_HTTP2_LIMITS,
  Http1ServerConnection,
  Http2Connection,
  type MessageConnection,
  type MessageConnectionEvents,
} from '../../wire/index.ts';
import type { Serving } from '../http/index.ts';

/** What a client speaks, as its first bytes or ALPN said. */
export type Spoken = 'http1' | 'http2';

/** The one place that knows which codec speaks it. Server role. `scheme`: how the client came. */
export function openCodec(
  spoken: Spoken,
  events: MessageConnectionEvents,
  { date, lists, heads }: Pick<Serving, 'date' | 'lists' | 'heads'>,
  scheme: 'http' | 'https',
): MessageConnection {
  switch (spoken) {
    case 'http1':
      return new Http1ServerConnection({ events, limits: DEFAULT_HTTP1_LIMITS, memory: heads, scheme, date });
    case 'http2':
      return new Http2Connection({ role: 'server', events, limits: DEFAULT_HTTP2_LIMITS, lists });
  }
}
