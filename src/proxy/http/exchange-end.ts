// SPDX-License-Identifier: Apache-2.0

import { failureSource } from '../../errors/index.ts';
import { tellEnd } from './exchange-debug.ts';
import type { ExchangeState } from './exchange-state.ts';

/** The books of a finished exchange: counters, access log, and everything that it held. Called once. */
export function finishExchange(exchange: ExchangeState): void {
  const { owner, decision, outcome, trace } = exchange;
  const { loop, accessLog } = owner.serving;
  exchange.deadlines.disarmAll(loop);
  // What waits for the client was not sent.
  exchange.response.drop();
  if (exchange.steps !== null) exchange.steps.close();
  if (exchange.tunnel?.isCounted === true) owner.tunnelEnded();
  exchange.call?.close((loop.nowMs - exchange.startedMs) / 1000);
  if (outcome.reason !== '') {
    (decision?.rule?.metrics ?? owner.serving.unruled).failed(outcome.reason, failureSource(outcome.reason));
  }
  if (owner.serving.debug.isOn) tellEnd(exchange);
  if (trace !== null) trace.owner.end(trace, exchange, loop.nowMs);
  if (accessLog !== null) accessLog.record(exchange);
  exchange.request.release();
  exchange.response.release();
  const charged = exchange.chargedBytes;
  exchange.chargedBytes = 0;
  if (charged > 0) owner.held(exchange, -charged);
  owner.exchangeEnded();
}
