// SPDX-License-Identifier: Apache-2.0

/**
 * How long an endpoint may take to begin its answer (HTTPRouteTimeouts.backendRequest), each try by itself. The time runs while it has all
 * that there is of the request, or does not take it; not while the client is late. What flows is not cut.
 */
import { backendTimeout } from './answers.ts';
import type { ExchangeState } from './exchange-state.ts';
import { retriesLate } from './retry.ts';

/** The endpoint has something new to do: its stream is open, or the request came to its end. No effect where no answer is waited for. */
export function awaitAnswer(exchange: ExchangeState): void {
  const { deadlines, owner } = exchange;
  if (deadlines.backendMs === 0 || !isAwaited(exchange)) return;
  const { loop } = owner.serving;
  deadlines.arm('backend', loop, loop.nowMs + deadlines.backendMs);
}

/** The time is over. */
export function timeOutBackend(exchange: ExchangeState): void {
  if (!isAwaited(exchange)) return;
  const { request, tunnel } = exchange;
  // What a client sends behind an upgrade that is asked for comes when it is granted.
  if (!request.ended && !request.isWaiting && tunnel === null) {
    awaitAnswer(exchange);
    return;
  }
  exchange.attempts.current?.abandon('failed');
  if (!retriesLate(exchange)) exchange.answer(backendTimeout(exchange.deadlines.backendMs));
}

function isAwaited({ attempts, responseStarted, held }: ExchangeState): boolean {
  return !responseStarted && held === null && attempts.current !== null && attempts.current.stream !== null;
}
