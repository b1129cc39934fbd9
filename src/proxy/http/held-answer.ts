// SPDX-License-Identifier: Apache-2.0

import { sendAnswer } from './answer-sender.ts';
/**
 * Answers of ours to requests that are not gRPC wait until the request ended: many HTTP clients read the answer only after
 * they sent everything, and what is wrong with the rest of the request is still found. gRPC clients read all the time, and
 * a stream may wait for our answer before it goes on, so theirs are sent at once.
 */
import type { Answer } from './answers.ts';
import type { ExchangeState } from './exchange-state.ts';

/** A request is not waited for longer than this, */
const MAX_WAIT_MS = 1_000;
/** nor is more than this read and dropped. */
const MAX_DROPPED_BYTES = 65_536;

/** True when the answer is kept and will be sent later. */
export function holdAnswer(exchange: ExchangeState, answer: Answer): boolean {
  const isForGrpc = exchange.decision?.isGrpc === true;
  if (isForGrpc || exchange.requestEnded || exchange.responseStarted || exchange.attempt !== null) return false;
  const { loop } = exchange.owner.serving;
  exchange.heldAnswer = answer;
  loop.deadlines.arm(exchange, loop.nowMs + MAX_WAIT_MS);
  return true;
}

/** `bytes` more of the request came, or its end. */
export function dropRequest(exchange: ExchangeState, bytes: number): void {
  if (bytes > 0) exchange.stream.consumed(bytes);
  if (exchange.requestEnded || exchange.requestBytes > MAX_DROPPED_BYTES) releaseAnswer(exchange);
}

/** Sends the answer that was kept. */
export function releaseAnswer(exchange: ExchangeState): void {
  const answer = exchange.heldAnswer;
  exchange.heldAnswer = null;
  if (answer !== null) sendAnswer(exchange, answer);
}
