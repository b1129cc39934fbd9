// SPDX-License-Identifier: Apache-2.0

import { REQUEST_FAILURES, type RequestFailure } from '../../errors/index.ts';
import { encodeGrpcMessage, GrpcStatus } from '../../wire/index.ts';
import { BodyQueue } from '../io/index.ts';
import type { Answer } from './answers.ts';
import { recount } from './exchange-memory.ts';
import type { ExchangeState } from './exchange-state.ts';
import { deliverTrailers, endResponse } from './response-flow.ts';
import { retryInfo } from './retry-info.ts';

/** `grpc-message` and bodies quote what clients sent: not more than this of it. */
const MAX_MESSAGE_LENGTH = 1_024;

/** Ends an exchange with an answer of ours. The endpoint, if there is one, is told to stop. */
export function sendAnswer(exchange: ExchangeState, answer: Answer): void {
  const hadHead = exchange.responseStarted;
  exchange.attempt?.abandon('ok');
  exchange.responseEnded = true;
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
  exchange.httpStatus = 200;
  exchange.grpcStatus = answer.grpcStatus;
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
  if (answer.grpcStatus === GrpcStatus.DEADLINE_EXCEEDED) dropQueue(exchange);
  const trailers = exchange.owner.serving.lists.intern(['grpc-status'], [String(answer.grpcStatus)]);
  deliverTrailers(exchange, trailers, statusFields(answer));
}

function dropQueue(exchange: ExchangeState): void {
  exchange.responseBytes -= exchange.responseQueue?.bytes ?? 0;
  exchange.responseQueue = null;
  recount(exchange);
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
  exchange.httpStatus = answer.httpStatus;
  exchange.grpcStatus = answer.grpcStatus;
  if (!isHead) exchange.responseBytes += body.length;
  stream.sendHead(lists.intern(names, values), ['content-length', String(body.length)], isHead);
  const taken = isHead ? body.length : stream.sendData(body, 0, body.length, true);
  if (taken === body.length) {
    endResponse(exchange);
    return;
  }
  exchange.responseQueue = new BodyQueue();
  exchange.responseQueue.push(body, taken, body.length);
  recount(exchange);
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
