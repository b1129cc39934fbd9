// SPDX-License-Identifier: Apache-2.0

import { failureSource } from '../../errors/index.ts';
import type { HeaderList } from '../../wire/index.ts';
import { type Answer, faceOfRequest, HTTP, Outcome } from '../faces/index.ts';
import type { ExchangeOwner } from './exchange-state.ts';

/**
 * The books of a request that the connection refused before there was an exchange: counters and access log. `head`: what
 * was read of it. A request whose head is too large was answered; one that is malformed was only reset, unless `status` is what it was answered.
 */
export function recordRefused(owner: ExchangeOwner, head: HeaderList, answer: Answer, status?: number): void {
  const { serving } = owner;
  const { reason } = answer;
  serving.unruled.failed(reason, failureSource(reason));
  const isAnswered = reason === 'header_limit' || status !== undefined;
  const face = isAnswered && status === undefined ? faceOfRequest(head) : HTTP;
  const outcome = new Outcome();
  outcome.reason = reason;
  if (isAnswered) {
    outcome.http = status ?? face.say(answer).httpStatus;
    outcome.grpc = answer.grpcStatus;
    face.begin({ series: owner.scope().refused(head, face), rule: null }, outcome).close(0);
  }
  serving.accessLog?.record({
    owner,
    clientAddress: owner.peerAddress,
    decision: { head, scope: owner.scope(), gateway: '', listener: '', face, rule: null },
    attempts: { count: 0, waitedMs: 0, current: null },
    fields: null,
    outgoingFields: null,
    trace: null,
    outcome,
    startedMs: serving.loop.nowMs,
    request: { bytes: 0 },
    response: { bytes: 0 },
  });
}
