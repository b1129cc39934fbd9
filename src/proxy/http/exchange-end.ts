// SPDX-License-Identifier: Apache-2.0

import { type FailureSource, REQUEST_FAILURES, type RequestFailure } from '../../errors/index.ts';
import { tellEnd } from './exchange-debug.ts';
import type { ExchangeState } from './exchange-state.ts';

/** The books of a finished exchange: counters, access log, and everything that it held. Called once. */
export function finishExchange(exchange: ExchangeState): void {
  const { owner, decision, grpcStatus } = exchange;
  const { loop, accessLog } = owner.serving;
  if (exchange.wheelNext !== null) loop.deadlines.disarm(exchange);
  // What waits for the client was not sent.
  exchange.responseBytes -= exchange.responseQueue?.bytes ?? 0;
  if (exchange.mirrors !== null) for (const mirror of exchange.mirrors) mirror.cancel();
  if (decision !== null) {
    const seconds = (loop.nowMs - exchange.startedMs) / 1000;
    if (decision.method !== null) decision.method.handled(exchange, seconds);
    else decision.http?.finished(exchange.httpStatus, seconds);
    decision.rule?.metrics.finished(grpcStatus);
  }
  if (exchange.reason !== '') {
    (decision?.rule?.metrics ?? owner.serving.unruled).failed(exchange.reason, sourceOf(exchange.reason));
  }
  if (owner.serving.debug.isOn) tellEnd(exchange);
  if (accessLog !== null) accessLog.record(exchange);
  exchange.requestQueue = null;
  exchange.responseQueue = null;
  exchange.replayChunk = null;
  exchange.replayRest = null;
  exchange.requestTrailers = null;
  exchange.responseTrailers = null;
  const charged = exchange.chargedBytes;
  exchange.chargedBytes = 0;
  if (charged > 0) owner.held(exchange, -charged);
  owner.exchangeEnded();
}

/** Reasons of faults come with the snapshot; what is not in the table is our own doing. */
export function sourceOf(reason: string): FailureSource {
  const failures: Readonly<Record<string, RequestFailure>> = REQUEST_FAILURES;
  return failures[reason]?.source ?? 'internal';
}
