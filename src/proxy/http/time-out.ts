// SPDX-License-Identifier: Apache-2.0

/** What becomes of a request when one of its timers is over. */
import { deadlineExceeded } from './answers.ts';
import { timeOutBackend } from './backend-timeout.ts';
import type { DeadlineKind } from './deadlines.ts';
import type { ExchangeState } from './exchange-state.ts';
import { endStalled } from './idle-stream.ts';
import { releaseAnswer } from './own-answer.ts';
import { endPause } from './retry.ts';
import { tellHalfOver } from './tunnel-flow.ts';

export function timeOut(exchange: ExchangeState, kind: DeadlineKind): void {
  switch (kind) {
    case 'own-answer':
      releaseAnswer(exchange);
      return;
    case 'request':
      timeOutRequest(exchange);
      return;
    case 'backend':
      timeOutBackend(exchange);
      return;
    case 'pause':
      endPause(exchange);
      return;
    case 'half-over':
      // The client has all, and the endpoint does not take what the client said.
      if (exchange.response.isDone) endStalled(exchange);
      else tellHalfOver(exchange);
  }
}

function timeOutRequest(exchange: ExchangeState): void {
  // What is held back has its own timer.
  if (exchange.heldAnswer !== null) return;
  const { requestMs, isByRoute } = exchange.deadlines;
  if (!isByRoute) exchange.owner.leftUnfinished();
  exchange.attempts.current?.abandon(isEndpointLate(exchange) ? 'failed' : 'ok');
  exchange.answer(deadlineExceeded(exchange.face, requestMs, isByRoute));
}

/** The route's timeout passed, the endpoint had the whole request, and nothing came of it. */
function isEndpointLate({ deadlines, request, responseStarted, tunnel }: ExchangeState): boolean {
  const hasAll = tunnel !== null || (request.ended && !request.isWaiting);
  return deadlines.isByRoute && hasAll && !responseStarted;
}
