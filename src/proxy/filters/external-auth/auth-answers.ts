// SPDX-License-Identifier: Apache-2.0

import { REQUEST_FAILURES, type RequestFailureReason } from '../../../errors/index.ts';
import { GrpcStatus } from '../../../values/index.ts';
import { grpcStatusOfHttp } from '../../../wire/index.ts';
import type { Answer } from '../../faces/index.ts';
import { isChangeable } from '../field-change.ts';

/** A server's no, in its own words. */
export interface Denial {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

/** Fields of a denial that the client is told otherwise: the type with the body, the others by who answers it, which is the gateway. */
const TOLD_APART: ReadonlySet<string> = new Set(['content-type', 'date', 'server']);

const DENIED = 'the authorization server denied the request';

/**
 * What the client is told. A denial that looks like success (2xx) would be taken for the endpoint's answer, so that a server which wants
 * it has to say it by gRPC; all else that is no status of a response is 403.
 */
export function denied({ status, headers, body }: Denial): Answer {
  const httpStatus = status >= 200 && status <= 599 ? status : 403;
  const grpcStatus = grpcStatusOfHttp(httpStatus);
  return {
    httpStatus,
    grpcStatus: grpcStatus === GrpcStatus.UNKNOWN ? GrpcStatus.PERMISSION_DENIED : grpcStatus,
    message: body.length === 0 ? DENIED : body.toString().trim(),
    body: bodyOf(httpStatus, headers, body),
    headers: headers.filter(([name]) => isChangeable(name) && !TOLD_APART.has(name)),
    reason: 'auth_denied',
    httpOnly: false,
  };
}

function bodyOf(status: number, headers: Denial['headers'], bytes: Buffer): Answer['body'] {
  if (status === 204 || status === 304) return { contentType: '', bytes: Buffer.alloc(0) };
  if (bytes.length === 0) return null;
  return { contentType: headers.find(([name]) => name === 'content-type')?.[1] ?? 'text/plain', bytes };
}

/** `detail` completes "the authorization server …". */
export function checkFailed(detail: string): Answer {
  return answer('auth_failed', `the authorization server ${detail}`);
}

/** The body is larger than the server may be told. */
export function bodyTooLarge(maxBytes: number): Answer {
  return answer('auth_body_limit', `the authorization server is asked with bodies of at most ${maxBytes} bytes`);
}

function answer(reason: RequestFailureReason, message: string): Answer {
  const { httpStatus, grpcStatus } = REQUEST_FAILURES[reason];
  return { httpStatus, grpcStatus, message, body: null, headers: [], reason, httpOnly: false };
}
