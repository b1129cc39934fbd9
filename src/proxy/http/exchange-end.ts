// SPDX-License-Identifier: Apache-2.0

import type { ExchangeState } from './exchange-state.ts';

/** The books of a finished exchange: counters, access log, and everything that it held. Called once. */
export function finishExchange(exchange: ExchangeState): void {
  const { owner, decision, grpcStatus } = exchange;
  const { loop, accessLog } = owner.serving;
  if (exchange.wheelNext !== null) loop.deadlines.disarm(exchange);
  const waiting = exchange.queuedBytes;
  if (waiting > 0) owner.queued(exchange, -waiting);
  if (exchange.mirrors !== null) for (const mirror of exchange.mirrors) mirror.cancel();
  if (decision !== null) {
    const seconds = (loop.nowMs - exchange.startedMs) / 1000;
    if (decision.method !== null) decision.method.handled(grpcStatus, seconds);
    else decision.http?.finished(exchange.httpStatus, seconds);
    decision.rule?.metrics.finished(grpcStatus);
  }
  if (accessLog !== null) accessLog.record(exchange);
  exchange.requestQueue = null;
  exchange.responseQueue = null;
  exchange.replayChunk = null;
  exchange.replayRest = null;
  owner.exchangeEnded();
}
