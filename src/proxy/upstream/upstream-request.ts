// SPDX-License-Identifier: Apache-2.0

import type { MessageEvents, MessageStream } from '../../wire/index.ts';

/** One endpoint as one worker sees it. */
export interface UpstreamEndpoint {
  readonly address: string;
  readonly port: number;
  /** For people: the Pod's name, '' when unknown. */
  readonly name: string;
  /** `address:port`, `[address]:port` for IPv6. */
  readonly key: string;
  /** Open streams of this worker. */
  readonly activeRequests: number;
  /** Streams that failed since the last one that did not. */
  readonly consecutiveFailures: number;
  /** One of its streams is over: for the cluster, which is told by `ClusterPool.done`. */
  ended(outcome: 'ok' | 'failed'): void;
}

/** Why no stream could be opened. `overload`: the cluster's queue of waiting requests is full. */
export type OpenFailure = 'no_endpoint' | 'connect_failure' | 'connect_timeout' | 'tls_failure' | 'overload';

/**
 * Something that wants a stream to a cluster: the exchange, a mirror, a health probe. It receives the stream's events
 * itself, so that opening one allocates nothing.
 *
 * After `ClusterPool.open` exactly one of these happens, perhaps before `open` returns: `onOpen`, `onOpenFailed`, or
 * the user calls `cancel`.
 */
export interface UpstreamRequest extends MessageEvents {
  /** `hashText` of the cluster's `hashKey`; 0 when `hashKey` is null. */
  readonly hash: number;
  /** `address:port` asked for by session persistence; null: none. Ignored when that endpoint cannot be used. */
  readonly pinned: string | null;
  /** The client leaves many calls unfinished: its streams have connections of their own, which others do not share. */
  readonly isApart: boolean;
  /** Whose request it is: in a full line those wait who have the fewest there. null: nobody's in particular. */
  readonly client: object | null;
  /** `stream` is open and idle: send the head now. `ClusterPool.done` must follow once. */
  onOpen(stream: MessageStream, endpoint: UpstreamEndpoint): void;
  /** No stream was opened; every try that is allowed was made. `message` is for people, the client's among them. */
  onOpenFailed(failure: OpenFailure, message: string): void;
}
