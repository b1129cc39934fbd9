// SPDX-License-Identifier: Apache-2.0

import type { Fault } from '../../snapshot/index.ts';
/**
 * What a client is told when the answer does not come from an endpoint (design §6). A gRPC request gets HTTP 200 and
 * trailers only, unless the case is one for HTTP itself (421); any other request gets the HTTP status and a short text.
 */
import { GrpcStatus } from '../../wire/index.ts';
import type { OpenFailure } from '../upstream/upstream-request.ts';

export interface Answer {
  readonly httpStatus: number;
  readonly grpcStatus: number;
  /** For `grpc-message` and the text body. */
  readonly message: string;
  /** Short flag for the access log and metrics. */
  readonly reason: string;
  /** True: gRPC requests get the HTTP status too. */
  readonly httpOnly: boolean;
}

function answer(httpStatus: number, grpcStatus: number, reason: string, message: string): Answer {
  return { httpStatus, grpcStatus, message, reason, httpOnly: false };
}

export function noRoute(isGrpc: boolean, method: string, path: string, host: string): Answer {
  const what = isGrpc ? path : `${method} ${path}`;
  return answer(404, GrpcStatus.UNIMPLEMENTED, 'no_route', `no route matches ${what} on host ${host}`);
}

/** No listener of the port takes the host. */
export function noListener(isGrpc: boolean, path: string, host: string): Answer {
  const what = isGrpc ? path : `path ${path}`;
  return answer(404, GrpcStatus.UNIMPLEMENTED, 'no_listener', `no listener takes host ${host} (${what})`);
}

/** RFC 9110 §15.5.20: the connection's server name belongs to another listener than the request's host. */
export function misdirected(host: string): Answer {
  const message = `host ${host} is not served on this connection: open one with its own server name`;
  return { httpStatus: 421, grpcStatus: GrpcStatus.UNAVAILABLE, message, reason: 'misdirected', httpOnly: true };
}

export function faulted(fault: Fault): Answer {
  return answer(fault.httpStatus, fault.grpcStatus, fault.reason, fault.message);
}

export function openFailed(failure: OpenFailure, message: string): Answer {
  return failure === 'overload'
    ? answer(503, GrpcStatus.RESOURCE_EXHAUSTED, failure, message)
    : answer(503, GrpcStatus.UNAVAILABLE, failure, message);
}

/** `timeoutMs`: what was allowed. */
export function deadlineExceeded(timeoutMs: number, byRoute: boolean): Answer {
  const whose = byRoute ? "the route's timeout" : 'the deadline of the call';
  return answer(504, GrpcStatus.DEADLINE_EXCEEDED, 'deadline', `${whose} of ${Math.round(timeoutMs)} ms passed`);
}

/** The endpoint's connection broke or it reset the stream; nothing was received. */
export function upstreamReset(detail: string): Answer {
  return answer(503, GrpcStatus.UNAVAILABLE, 'upstream_reset', `the endpoint ended the call: ${detail}`);
}

/** The endpoint broke HTTP/2 after it had begun to answer. */
export function upstreamProtocol(detail: string): Answer {
  return answer(502, GrpcStatus.INTERNAL, 'upstream_protocol', `the endpoint broke the protocol: ${detail}`);
}

/** Too many bytes were waiting for a slow reader or writer on one connection. */
export const BUFFER_LIMIT: Answer = answer(
  503,
  GrpcStatus.RESOURCE_EXHAUSTED,
  'buffer_limit',
  'too much data was waiting on this connection',
);

/** The drain deadline passed. */
export const DRAINED: Answer = answer(503, GrpcStatus.UNAVAILABLE, 'drained', 'the gateway is shutting down');
