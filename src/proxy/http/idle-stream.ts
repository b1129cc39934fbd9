// SPDX-License-Identifier: Apache-2.0

/**
 * How long a request may stand still, whatever else happens on its connection. Looked at every ten seconds or so, from the
 * byte counts that are kept anyway: it costs requests nothing.
 */
import { streamIdle } from './answers.ts';
import { STALLED_STREAM_MS } from './deadlines.ts';
import type { ExchangeState } from './exchange-state.ts';
import { sayGoodbye } from './tunnel-flow.ts';

/**
 * Nothing is owed: a watch or a chat that is quiet by its nature, or a slow call without a deadline. Envoy would end it after
 * five minutes too, which users of gRPC streams know as a fault; dead peers are found by other means.
 */
export const QUIET_STREAM_MS = 3_600_000;

/** An upgraded connection on which nothing moves: as long as a quiet stream. Who wants more sends a ping now and then. */
export const TUNNEL_IDLE_MS = 3_600_000;
/** Both sides of a WebSocket were told that it ends, and have this long to end it themselves. */
export const GOODBYE_MS = 10_000;

/** Ends `exchange` when it has stood still for too long. */
export function checkIdle(exchange: ExchangeState, nowMs: number): void {
  if (exchange.isFinished || exchange.heldAnswer !== null) return;
  const limit = idleLimitOf(exchange, nowMs);
  if (limit === null) return;
  const isLeaving = exchange.tunnel?.isLeaving === true;
  if (!isLeaving) exchange.owner.serving.metrics.count('daemun_limit_hits_total', { limit });
  const reason = limit === 'stream_stalled' ? limit : 'stream_idle';
  if (sayGoodbye(exchange, { isLast: false })) {
    exchange.outcome.reason = reason;
    exchange.detour().movedMs = Math.trunc(nowMs);
  } else exchange.answer(streamIdle(reason));
}

/** An endpoint has not taken for so long what a client said that is over itself: there is nobody to say goodbye to. */
export function endStalled(exchange: ExchangeState): void {
  exchange.owner.serving.metrics.count('daemun_limit_hits_total', { limit: 'stream_stalled' });
  exchange.answer(streamIdle('stream_stalled'));
}

/** Which limit `exchange` is over; null: none. Remembers on the exchange what had moved. */
function idleLimitOf(exchange: ExchangeState, nowMs: number): 'stream_stalled' | 'stream_idle' | 'tunnel_idle' | null {
  const moved =
    2 * exchange.request.bytes +
    exchange.response.bytes -
    exchange.waitingBytes +
    (exchange.request.ended ? 1 : 0) +
    (exchange.responseStarted ? 1 : 0);
  const detours = exchange.detour();
  if (moved !== detours.movedBytes) {
    detours.movedBytes = moved;
    detours.movedMs = Math.trunc(nowMs);
    return null;
  }
  const idleMs = nowMs - detours.movedMs;
  const { tunnel } = exchange;
  if (idleMs >= STALLED_STREAM_MS && isOwed(exchange)) return 'stream_stalled';
  if (tunnel?.state !== 'open') return idleMs >= QUIET_STREAM_MS ? 'stream_idle' : null;
  return idleMs >= (tunnel.isLeaving ? GOODBYE_MS : TUNNEL_IDLE_MS) ? 'tunnel_idle' : null;
}

function isOwed(exchange: ExchangeState): boolean {
  const { request, response, responseStarted, tunnel } = exchange;
  const isWaiting = request.isWaiting || response.isWaiting;
  switch (tunnel?.state) {
    case 'open':
      // Who ended one direction is seldom there to read the other for long.
      return isWaiting || request.ended || response.ended;
    case 'asked':
      return isWaiting;
    case 'refused':
    case undefined:
      return isWaiting || (!request.ended && !responseStarted);
  }
}
