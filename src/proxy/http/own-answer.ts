// SPDX-License-Identifier: Apache-2.0

/**
 * Answers of ours: held back, if at all, then sent as the request's protocol says it.
 *
 * Answers to requests that are not gRPC wait until the request ended: many HTTP clients read the answer only after
 * they sent everything, and what is wrong with the rest of the request is still found. gRPC clients read all the time, and
 * a stream may wait for our answer before it goes on, so theirs are sent at once.
 */
import { REQUEST_FAILURES, type RequestFailure } from '../../errors/index.ts';
import { encodeGrpcMessage, GrpcStatus } from '../../wire/index.ts';
import type { Answer } from './answers.ts';
import { recount } from './exchange-memory.ts';
import type { ExchangeState } from './exchange-state.ts';
import { deliverTrailers, endResponse } from './response-flow.ts';
import { retryInfo } from './retry-info.ts';

/** `grpc-message` and bodies quote what clients sent: not more than this of it. */
const MAX_MESSAGE_LENGTH = 1_024;

/** A request is not waited for longer than this, */
const MAX_WAIT_MS = 1_000;
/** nor is more than this read and dropped. */
const MAX_DROPPED_BYTES = 65_536;

/** True when the answer is kept and will be sent later. */
export function holdAnswer(exchange: ExchangeState, answer: Answer): boolean {
  const isForGrpc = exchange.decision?.isGrpc === true;
  if (isForGrpc || exchange.request.ended || exchange.responseStarted || exchange.attempts.current !== null)
    return false;
  const { loop } = exchange.owner.serving;
  exchange.heldAnswer = answer;
  exchange.deadlines.arm('own-answer', loop, loop.nowMs + MAX_WAIT_MS);
  return true;
}

/** `bytes` more of the request came, or its end. */
export function dropRequest(exchange: ExchangeState, bytes: number): void {
  if (bytes > 0) exchange.stream.consumed(bytes);
  if (exchange.request.ended || exchange.request.bytes > MAX_DROPPED_BYTES) releaseAnswer(exchange);
}

/** Sends the answer that was kept. */
export function releaseAnswer(exchange: ExchangeState): void {
  const answer = exchange.heldAnswer;
  exchange.heldAnswer = null;
  if (answer !== null) sendAnswer(exchange, answer);
}

/** Ends an exchange with an answer of ours. The endpoint, if there is one, is told to stop. */
export function sendAnswer(exchange: ExchangeState, answer: Answer): void {
  const hadHead = exchange.responseStarted;
  exchange.attempts.current?.abandon('ok');
  exchange.response.ended = true;
  exchange.response.source = null;
  if (hadHead) sendTail(exchange, answer);
  else if (exchange.decision?.isGrpc === true && !answer.httpOnly) sendTrailersOnly(exchange, answer);
  else sendText(exchange, answer);
}

function sendTrailersOnly(exchange: ExchangeState, answer: Answer): void {
  const { stream } = exchange;
  const { serverHeader, lists } = exchange.owner.serving;
  const names = [':status', 'content-type', 'grpc-status'];
  const values = ['200', 'application/grpc', String(answer.grpcStatus)];
  if (serverHeader !== null) {
    names.push('server');
    values.push(serverHeader);
  }
  exchange.responseStarted = true;
  exchange.outcome.http = 200;
  exchange.outcome.grpc = answer.grpcStatus;
  stream.sendHead(lists.intern(names, values), statusFields(answer), true);
  endResponse(exchange);
}

/** The head is out: a gRPC response gets trailers that say why, any other can only be cut. */
function sendTail(exchange: ExchangeState, answer: Answer): void {
  const { stream } = exchange;
  if (!exchange.responseIsGrpc) {
    stream.reset('lost');
    exchange.finish(answer.grpcStatus);
    return;
  }
  // Past its deadline nobody waits for what is queued; else the messages that are whole should arrive.
  if (answer.grpcStatus === GrpcStatus.DEADLINE_EXCEEDED) {
    exchange.response.drop();
    recount(exchange);
  }
  const trailers = exchange.owner.serving.lists.intern(['grpc-status'], [String(answer.grpcStatus)]);
  deliverTrailers(exchange, trailers, statusFields(answer));
}

function sendText(exchange: ExchangeState, answer: Answer): void {
  const { stream } = exchange;
  const { serverHeader, lists } = exchange.owner.serving;
  const body = Buffer.from(`${answer.message.slice(0, MAX_MESSAGE_LENGTH)}\n`);
  const names = [':status', 'content-type'];
  const values = [String(answer.httpStatus), 'text/plain; charset=utf-8'];
  if (serverHeader !== null) {
    names.push('server');
    values.push(serverHeader);
  }
  const isHead = exchange.decision?.head.get(':method') === 'HEAD';
  exchange.responseStarted = true;
  exchange.outcome.http = answer.httpStatus;
  exchange.outcome.grpc = answer.grpcStatus;
  stream.sendHead(lists.intern(names, values), ['content-length', String(body.length)], isHead);
  const { response } = exchange;
  if (!isHead) response.count(body.length, true);
  if (isHead || response.write(stream, body, 0, body.length)) endResponse(exchange);
  else recount(exchange);
}

function statusFields(answer: Answer): readonly string[] {
  const fields = ['grpc-message', encodeGrpcMessage(answer.message.slice(0, MAX_MESSAGE_LENGTH))];
  if (answer.grpcStatus === GrpcStatus.RESOURCE_EXHAUSTED && isRetryable(answer.reason)) {
    fields.push('grpc-status-details-bin', retryInfo(answer.grpcStatus, answer.message));
  }
  return fields;
}

/** What is too large stays too large. */
function isRetryable(reason: string): boolean {
  const failures: Readonly<Record<string, RequestFailure>> = REQUEST_FAILURES;
  return failures[reason]?.retryable ?? false;
}
