// SPDX-License-Identifier: Apache-2.0

import {
  DEFAULT_HTTP2_LIMITS,
  type HeaderListPool,
  Http2Connection,
  type MessageConnection,
  type MessageConnectionEvents,
} from '../../wire/index.ts';

/** The one place that knows which codec speaks what a client's first bytes, or ALPN, said. Server role. */
export function openCodec(spoken: 'http2', events: MessageConnectionEvents, lists: HeaderListPool): MessageConnection {
  switch (spoken) {
    case 'http2':
      return new Http2Connection({ role: 'server', events, limits: DEFAULT_HTTP2_LIMITS, lists });
  }
}
