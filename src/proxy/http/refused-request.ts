// SPDX-License-Identifier: Apache-2.0

import { failureSource } from '../../errors/index.ts';
import type { CodecAnswer, HeaderList } from '../../wire/index.ts';
import { type Answer, faceOfRequest, HTTP, Outcome } from '../faces/index.ts';
import type { ExchangeOwner, ExchangeState } from './exchange-state.ts';

/**
 * The books of a request that the connection refused before there was an exchange: counters and access log. `head`: what
 * was read of it. A request whose head is too large was answered; one that is malformed was only reset, unless `told` is what it was answered.
 */
export function recordRefused(owner: ExchangeOwner, head: HeaderList, answer: Answer, told?: CodecAnswer): void {
  const { serving } = owner;
  const { reason } = answer;
  serving.unruled.failed(reason, failureSource(reason));
  const isAnswered = reason === 'header_limit' || told !== undefined;
  const face = isAnswered && told === undefined ? faceOfRequest(head) : HTTP;
  const outcome = new Outcome();
  outcome.reason = reason;
  if (isAnswered) {
    outcome.http = told?.status ?? face.say(answer).httpStatus;
    outcome.grpc = answer.grpcStatus;
    face.begin({ series: owner.scope().refused(head, face), rule: null }, outcome).close(0);
  }
  serving.accessLog?.record({
    owner,
    clientAddress: owner.peerAddress,
    decision: { head, scope: owner.scope().mark, gateway: '', listener: '', face, rule: null },
    attempts: { count: 0, waitedMs: 0, current: null },
    fields: null,
    outgoingFields: null,
    trace: null,
    outcome,
    startedMs: serving.loop.nowMs,
    request: { bytes: 0 },
    response: { bytes: told?.bytes ?? 0 },
  });
}

/** A request broke the rules behind its head, which its codec answered, and the connection ends. */
export function noteCodecAnswer({ owner, outcome, response }: ExchangeState, { status, bytes }: CodecAnswer): void {
  outcome.http = status;
  response.bytes = bytes;
  owner.serving.metrics.count('daemun_downstream_protocol_errors_total', { error: 'protocol' });
}
