// SPDX-License-Identifier: Apache-2.0

import { GrpcStatus, type HeaderList, isGrpcMessage, MessageCounter } from '../../wire/index.ts';
import type { Answer } from './answers.ts';
import { sourceOf } from './exchange-end.ts';
import type { ExchangeOwner } from './exchange-state.ts';

/**
 * The books of a request that the connection refused before there was an exchange: counters and access log. `head`: what
 * was read of it. A request whose head is too large was answered; one that is malformed was only reset, unless `status` is what it was answered.
 */
export function recordRefused(owner: ExchangeOwner, head: HeaderList, answer: Answer, status?: number): void {
  const { serving } = owner;
  const { reason } = answer;
  serving.unruled.failed(reason, sourceOf(reason));
  const isAnswered = reason === 'header_limit' || status !== undefined;
  const isGrpc = isAnswered && status === undefined && isGrpcMessage(head);
  const grpcStatus = isGrpc ? answer.grpcStatus : GrpcStatus.UNKNOWN;
  const httpStatus = status ?? (!isAnswered ? 0 : isGrpc ? 200 : answer.httpStatus);
  if (isAnswered) {
    const { method, http } = owner.scope().refused(head);
    const messages = new MessageCounter();
    const call = {
      series: null,
      requestMessages: messages,
      responseMessages: messages,
      outcome: { grpc: grpcStatus, reason },
      responseIsGrpc: false,
    };
    method?.handled(call, 0);
    http?.finished(httpStatus, 0);
  }
  serving.accessLog?.record({
    owner,
    decision: { head, gateway: '', listener: '', isGrpc, rule: null },
    attempts: { current: null },
    outgoingFields: null,
    outcome: { http: httpStatus, grpc: grpcStatus, reason },
    startedMs: serving.loop.nowMs,
    request: { bytes: 0 },
    response: { bytes: 0 },
  });
}
