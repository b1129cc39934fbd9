// SPDX-License-Identifier: Apache-2.0

import { REQUEST_FAILURES, type RequestFailure } from '../../../errors/index.ts';
import { GrpcStatus } from '../../../values/index.ts';
import { encodeGrpcMessage } from '../../../wire/index.ts';
import { type Answer, messageOf } from '../answer.ts';
import type { SpokenAnswer, SpokenEnd } from '../face.ts';
import { errorInfo, retryInfo, statusDetails } from './status-details.ts';

/** Trailers only: HTTP 200, whatever the status. */
export function say(answer: Answer): SpokenAnswer {
  const names = [':status', 'content-type', 'grpc-status'];
  const values = ['200', 'application/grpc', String(answer.grpcStatus)];
  return { names, values, fields: [...statusFields(answer), ...answer.headers.flat()], body: null, httpStatus: 200 };
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
  const message = messageOf(answer);
  const fields = ['grpc-message', encodeGrpcMessage(message)];
  const detail = detailOf(answer);
  if (detail !== null) fields.push('grpc-status-details-bin', statusDetails(answer.grpcStatus, message, detail));
  return fields;
}

/** What a client cannot know by the status alone: that it may try again, and that no server refused the method, but we. */
function detailOf({ grpcStatus, reason }: Answer): Buffer | null {
  switch (grpcStatus) {
    case GrpcStatus.RESOURCE_EXHAUSTED:
      return isRetryable(reason) ? retryInfo() : null;
    case GrpcStatus.UNIMPLEMENTED:
      return errorInfo(reason);
    default:
      return null;
  }
}

/** What is too large stays too large. */
function isRetryable(reason: string): boolean {
  const failures: Readonly<Record<string, RequestFailure>> = REQUEST_FAILURES;
  return failures[reason]?.retryable ?? false;
}
