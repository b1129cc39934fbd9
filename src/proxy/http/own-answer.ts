// SPDX-License-Identifier: Apache-2.0

/**
 * Answers of ours: held back, if at all, then sent in the words of the request's face. Where clients read only after they sent
 * everything (`Face.readsWhileSending`) an answer waits for the end of the request, and what is wrong with the rest of it is still found.
 */
import { type Answer, type Face, HTTP, type SpokenAnswer } from '../faces/index.ts';
import { recount } from './exchange-memory.ts';
import type { ExchangeState } from './exchange-state.ts';
import { deliverTrailers, endResponse } from './response-flow.ts';

/** A request is not waited for longer than this, */
const MAX_WAIT_MS = 1_000;
/** nor is more than this read and dropped. */
const MAX_DROPPED_BYTES = 65_536;

/** True when the answer is kept and will be sent later. */
export function holdAnswer(exchange: ExchangeState, answer: Answer): boolean {
  if (
    exchange.face.readsWhileSending ||
    exchange.request.ended ||
    // What a client sends behind it is not the rest of a request.
    exchange.decision?.upgrade != null ||
    exchange.responseStarted ||
    exchange.attempts.current !== null ||
    awaitsLeave(exchange)
  )
    return false;
  const { loop } = exchange.owner.serving;
  exchange.detour().heldAnswer = answer;
  exchange.request.discard();
  exchange.deadlines.arm('own-answer', loop, loop.nowMs + MAX_WAIT_MS);
  return true;
}

/** The client sends no body before it is told to go on, or something else (RFC 9110 §10.1.1). */
export function awaitsLeave({ decision, request }: ExchangeState): boolean {
  if (request.bytes > 0 || request.ended) return false;
  return decision?.head.get('expect')?.toLowerCase() === '100-continue';
}

/** `bytes` more of the request came, or its end. */
export function dropRequest(exchange: ExchangeState, bytes: number): void {
  if (bytes > 0) exchange.stream.consumed(bytes);
  if (exchange.request.ended || exchange.request.bytes > MAX_DROPPED_BYTES) releaseAnswer(exchange);
}

/** Sends the answer that was kept. */
export function releaseAnswer(exchange: ExchangeState): void {
  const answer = exchange.heldAnswer;
  exchange.detour().heldAnswer = null;
  if (answer !== null) sendAnswer(exchange, answer);
}

/** Ends an exchange with an answer of ours. The endpoint, if there is one, is told to stop. */
export function sendAnswer(exchange: ExchangeState, answer: Answer): void {
  exchange.attempts.current?.abandon('ok');
  exchange.response.ended = true;
  exchange.response.source = null;
  if (exchange.responseStarted) endWith(exchange, answer);
  else sendWhole(exchange, answer, answer.httpOnly ? HTTP : exchange.face);
}

function sendWhole(exchange: ExchangeState, answer: Answer, face: Face): void {
  const { outcome, response, stream } = exchange;
  const { body, fields: own, httpStatus, names, values } = signed(exchange, face.say(answer), face);
  const fields = exchange.responseFields === null ? own : [...(own ?? []), ...exchange.responseFields];
  const isBodiless = body === null || exchange.decision?.head.get(':method') === 'HEAD';
  exchange.responseStarted = true;
  outcome.http = httpStatus;
  outcome.grpc = answer.grpcStatus;
  stream.sendHead(exchange.owner.serving.lists.intern(names, values), fields, isBodiless);
  if (isBodiless) {
    endResponse(exchange);
    return;
  }
  response.count(body.length, true);
  if (response.write(stream, body, 0, body.length)) endResponse(exchange);
  else recount(exchange);
}

/** The head is out: its protocol has trailers that say why, or the response can only be cut. */
function endWith(exchange: ExchangeState, answer: Answer): void {
  const end = exchange.responseFace.sayAtEnd(answer);
  if (end === null) {
    exchange.stream.reset('lost');
    exchange.finish(answer.grpcStatus);
    return;
  }
  if (end.isLate) {
    exchange.response.drop();
    recount(exchange);
  }
  deliverTrailers(exchange, exchange.owner.serving.lists.intern(end.names, end.values), end.fields);
}

/** With `server` and `date`. */
function signed({ owner: { serving } }: ExchangeState, spoken: SpokenAnswer, { saysDate }: Face): SpokenAnswer {
  const { date, loop, serverHeader } = serving;
  const fields = saysDate ? [...(spoken.fields ?? []), 'date', date.text(loop.nowMs)] : spoken.fields;
  if (serverHeader === null) return { ...spoken, fields };
  return { ...spoken, fields, names: [...spoken.names, 'server'], values: [...spoken.values, serverHeader] };
}
