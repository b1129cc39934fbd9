// SPDX-License-Identifier: Apache-2.0

/**
 * How long a request may stand still, whatever else happens on its connection. Looked at every ten seconds or so, from the
 * byte counts that are kept anyway: it costs requests nothing.
 */
import { streamIdle } from './answers.ts';
import type { ExchangeState } from './exchange-state.ts';

/**
 * Something is owed and does not come: the body of a request that nobody has begun to answer, or bytes that one side does
 * not take. As Envoy's stream_idle_timeout.
 */
export const STALLED_STREAM_MS = 300_000;
/**
 * Nothing is owed: a watch or a chat that is quiet by its nature, or a slow call without a deadline. Envoy would end it after
 * five minutes too, which users of gRPC streams know as a fault; dead peers are found by other means.
 */
export const QUIET_STREAM_MS = 3_600_000;

/** Ends `exchange` when it has stood still for too long. */
export function checkIdle(exchange: ExchangeState, nowMs: number): void {
  if (exchange.isFinished || exchange.heldAnswer !== null) return;
  const limit = idleLimitOf(exchange, nowMs);
  if (limit === null) return;
  exchange.owner.serving.metrics.count('daemun_limit_hits_total', { limit });
  exchange.answer(streamIdle(limit));
}

/** Which limit `exchange` is over; null: none. Remembers on the exchange what had moved. */
function idleLimitOf(exchange: ExchangeState, nowMs: number): 'stream_stalled' | 'stream_idle' | null {
  const moved =
    2 * exchange.request.bytes +
    exchange.response.bytes -
    exchange.waitingBytes +
    (exchange.request.ended ? 1 : 0) +
    (exchange.responseStarted ? 1 : 0);
  if (moved !== exchange.movedBytes) {
    exchange.movedBytes = moved;
    exchange.movedMs = Math.trunc(nowMs);
    return null;
  }
  const idleMs = nowMs - exchange.movedMs;
  if (idleMs >= STALLED_STREAM_MS && isOwed(exchange)) return 'stream_stalled';
  return idleMs >= QUIET_STREAM_MS ? 'stream_idle' : null;
}

function isOwed(exchange: ExchangeState): boolean {
  const owesBody = !exchange.request.ended && !exchange.responseStarted;
  return owesBody || exchange.request.isWaiting || exchange.response.isWaiting;
}
