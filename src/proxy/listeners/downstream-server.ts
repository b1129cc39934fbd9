// SPDX-License-Identifier: Apache-2.0

import type { CompiledListener } from '../../match/index.ts';
import type { Scope } from '../http/scope.ts';
import type { Serving } from '../http/serving.ts';
import type { TrafficCounters } from '../http/socket-transport.ts';
import type { DownstreamConnection } from './downstream-connection.ts';

/** The listening socket's side of its connections. */
export interface DownstreamServer {
  readonly serving: Serving;
  /** Grows when the binding changes: scopes of an older generation are stale. */
  readonly generation: number;
  readonly traffic: TrafficCounters;
  /** Where requests are decided for connections that entered through a listener; null: cleartext. */
  scopeOf(entered: CompiledListener | null): Scope;
  requestStarted(): void;
  requestEnded(): void;
  connectionClosed(connection: DownstreamConnection): void;
}
