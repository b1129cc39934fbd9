// SPDX-License-Identifier: Apache-2.0

import { REQUEST_FAILURES } from '../../errors/index.ts';
import { type CorsRequest, foreignOriginText, preflightFields } from '../../match/index.ts';
import type { CorsPolicy } from '../../snapshot/index.ts';
import { GrpcStatus } from '../../values/index.ts';
import type { Answer } from '../faces/index.ts';

const NO_BODY = { contentType: '', bytes: Buffer.alloc(0) };

/** The answer to a preflight whose origin is allowed. */
export function preflight(policy: CorsPolicy, asked: CorsRequest): Answer {
  return {
    httpStatus: 204,
    grpcStatus: GrpcStatus.OK,
    message: '',
    body: NO_BODY,
    headers: preflightFields(policy, asked),
    reason: '',
    httpOnly: true,
  };
}

/** The refusal of a preflight of another origin: pages see no more than that it failed, but operators and their tools do. */
export function foreignOrigin(origin: string): Answer {
  const { httpStatus, grpcStatus } = REQUEST_FAILURES.cors_origin;
  const message = foreignOriginText(origin);
  return { httpStatus, grpcStatus, message, body: null, headers: [], reason: 'cors_origin', httpOnly: true };
}
