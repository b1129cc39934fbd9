// SPDX-License-Identifier: Apache-2.0

import { REQUEST_FAILURES, type RequestFailure } from '../../../errors/index.ts';
import { encodeGrpcMessage, GrpcStatus } from '../../../wire/index.ts';
import { type Answer, messageOf } from '../answer.ts';
import type { SpokenAnswer, SpokenEnd } from '../face.ts';
import { retryInfo } from './retry-info.ts';

/** Trailers only: HTTP 200, whatever the status. */
export function say(answer: Answer): SpokenAnswer {
  const names = [':status', 'content-type', 'grpc-status'];
  const values = ['200', 'application/grpc', String(answer.grpcStatus)];
  for (const [name, value] of answer.headers) {
    names.push(name);
    values.push(value);
  }
  return { names, values, fields: statusFields(answer), body: null, httpStatus: 200 };
}

/** Messages that are whole should arrive, but for a client whose deadline passed. */
export function sayAtEnd(answer: Answer): SpokenEnd | null {
  return {
    names: ['grpc-status'],
    values: [String(answer.grpcStatus)],
    fields: statusFields(answer),
    isLate: answer.grpcStatus === GrpcStatus.DEADLINE_EXCEEDED,
  };
}

function statusFields(answer: Answer): readonly string[] {
  const fields = ['grpc-message', encodeGrpcMessage(messageOf(answer))];
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
