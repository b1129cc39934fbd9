// SPDX-License-Identifier: Apache-2.0

/**
 * What a protocol looks like from outside: how it names its content type, deadline, outcome, messages, and an answer of ours. One
 * folder a protocol, the same files in each. In: heads, fields, bodies. Out: the same in a proxy's words, and back.
 * Never: a stream, a route. Above, only who decides, counts or logs a request asks which protocol it is.
 */
import type { HeaderList } from '../../wire/index.ts';
import type { Face } from './face.ts';
import { isGrpcRequest, isGrpcResponse } from './grpc/content-type.ts';
import { GRPC } from './grpc/face.ts';
import { HTTP } from './http/face.ts';

export type { Answer, AnswerBody } from './answer.ts';
export type { Face, FaceCall, FaceMetrics, Refusal, RequestSeries, SpokenAnswer } from './face.ts';
export { GRPC } from './grpc/face.ts';
export { HTTP } from './http/face.ts';
export { Outcome } from './outcome.ts';

/** What a request speaks, by its head. */
export function faceOfRequest(head: HeaderList): Face {
  return isGrpcRequest(head) ? GRPC : HTTP;
}

/** What a response speaks, by its head: an endpoint may answer a gRPC call with a page of HTML. */
export function faceOfResponse(head: HeaderList): Face {
  return isGrpcResponse(head) ? GRPC : HTTP;
}
