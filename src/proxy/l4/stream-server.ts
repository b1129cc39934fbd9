// SPDX-License-Identifier: Apache-2.0

import type { TcpListener, TlsListener } from '../../snapshot/index.ts';
import type { Clock, Random } from '../../time/index.ts';
import type { AccessLog } from '../access-log/index.ts';
import type { IdleConnection, MemoryBudget, OwnSockets, SocketLoop, TrafficCounters } from '../io/index.ts';
import type { DebugLog } from '../log/index.ts';
import type { UpstreamPools } from '../upstream/index.ts';
import type { StreamChoices } from './stream-choice.ts';
import type { StreamMetrics } from './stream-metrics.ts';

/** What streams need of their worker. */
export interface StreamServing {
  readonly loop: SocketLoop;
  readonly clock: Clock;
  readonly random: Random;
  readonly upstreams: Pick<UpstreamPools, 'cluster'>;
  readonly ownSockets: OwnSockets;
  readonly memory: MemoryBudget;
  /** null: off. */
  readonly accessLog: AccessLog | null;
  readonly debug: DebugLog;
}

/** Room for connections, as streams see it. */
export interface StreamBudget {
  /** `sharer`: see `StreamServer.sharerOf`. */
  takeTunnel(sharer: string | null): boolean;
  tunnelEnded(sharer: string | null): void;
  /** It waits for its endpoint from now on, or is half over and nothing moved since. */
  idle(stream: IdleConnection): void;
  /** It is open in both directions, or gone. */
  busy(stream: IdleConnection): void;
}

/** The binding, as its streams see it. */
export interface StreamServer {
  readonly serving: StreamServing;
  readonly choices: StreamChoices;
  readonly traffic: TrafficCounters;
  readonly streamMetrics: StreamMetrics;
  /** The worker's cap of connections: each stream has one more, to its endpoint, and may be asked to make room before that one is there, and when it is half over. */
  readonly budget: StreamBudget;
  /** Of the client of a frontend, '' where it is not known; null: the binding is of Gateways. */
  namespaceOf(peerAddress: string): string | null;
  /** Whose share of the budget a client's places count to; null: clients of the binding are not told apart. Always the same. */
  sharerOf(peerAddress: string): string | null;
  streamEnded(stream: OpenStream): void;
}

/** A stream, as its binding sees it. */
export interface OpenStream {
  readonly start: StreamStart;
  /** The listener is gone: the stream may go on for so long. */
  leave(withinMs: number): void;
  /** The gateway has no more time: ends at once. */
  cut(): void;
}

/** What is known of a stream when it begins. */
export interface StreamStart {
  readonly listener: TcpListener | TlsListener;
  /** What the client asked for (SNI); null: nothing. */
  readonly serverName: string | null;
  /** Input that goes to the endpoint before all else; kept. null: none. */
  readonly first: Buffer | null;
  /** What was agreed on where the client's TLS ended here (RFC 7301); null: nothing. */
  readonly alpn: string | null;
}
