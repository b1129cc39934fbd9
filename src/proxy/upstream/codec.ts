// SPDX-License-Identifier: Apache-2.0

import type { Cluster } from '../../snapshot/index.ts';
import {
  DEFAULT_HTTP1_LIMITS,
  DEFAULT_HTTP2_LIMITS,
  Http1ClientConnection,
  Http2Connection,
  type Http2Limits,
  type MessageConnection,
  type MessageConnectionEvents,
} from '../../wire/index.ts';
import type { ConnectionEnvironment } from './connection-environment.ts';

/**
 * What a response's header block may be as it comes: one that is too large costs its own stream only, as long as a block ends.
 * A backend is trusted with more of it than a client, for all clients share its connection.
 */
const HTTP2_LIMITS: Http2Limits = {
  ...DEFAULT_HTTP2_LIMITS,
  maxContinuationFrames: 128,
  maxHeaderBlockBytes: 1_048_576,
};

/** The one place that knows which codec speaks a cluster's protocol. Client role. */
export function openCodec(
  protocol: Cluster['protocol'],
  events: MessageConnectionEvents,
  { lists, heads, loop, random }: ConnectionEnvironment,
): MessageConnection {
  switch (protocol) {
    case 'h1':
      return new Http1ClientConnection({ events, limits: DEFAULT_HTTP1_LIMITS, memory: heads, random });
    case 'h2':
      return new Http2Connection({ role: 'client', events, limits: HTTP2_LIMITS, lists, time: loop });
    case 'tcp':
    case 'udp':
      throw new Error(`no rule for requests leads to a cluster that speaks ${protocol}`);
  }
}

/** Whether connections carry messages, one after the other or several at once; else each is for one stream of bytes. */
export function carriesRequests(protocol: Cluster['protocol']): boolean {
  switch (protocol) {
    case 'h1':
    case 'h2':
      return true;
    case 'tcp':
    case 'udp':
      return false;
  }
}

/** Whether a connection carries several requests at once. */
export function isShared(protocol: Cluster['protocol']): boolean {
  switch (protocol) {
    case 'h1':
    case 'tcp':
    case 'udp':
      return false;
    case 'h2':
      return true;
  }
}

/** What a TLS client offers by ALPN (RFC 7301): the protocol of the cluster; nothing where that is the affair of who sends. */
export function alpnOf(protocol: Cluster['protocol']): readonly string[] {
  switch (protocol) {
    case 'h1':
      return ['http/1.1'];
    case 'h2':
      return ['h2'];
    case 'tcp':
    case 'udp':
      return [];
  }
}
