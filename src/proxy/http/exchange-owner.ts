// SPDX-License-Identifier: Apache-2.0

import type { Exchange } from './exchange.ts';
import type { Scope } from './scope.ts';
import type { Serving } from './serving.ts';

/** The client's connection, as its exchanges see it. */
export interface ExchangeOwner {
  readonly serving: Serving;
  /** IP address of the client; never ''. */
  readonly clientAddress: string;
  /** Where new requests of this connection are decided now. */
  scope(): Scope;
  exchangeStarted(): void;
  exchangeEnded(): void;
  /** `exchange` queued this many bytes more (or, negative, fewer). May end the worst exchange of the connection. */
  queued(exchange: Exchange, bytes: number): void;
}
