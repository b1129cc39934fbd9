// SPDX-License-Identifier: Apache-2.0

/**
 * What a client is told when the answer does not come from an endpoint (docs/errors.md). A gRPC request gets HTTP 200 and
 * trailers only, unless the case is one for HTTP itself (421); any other request gets the HTTP status and a short text.
 * The statuses are those of `REQUEST_FAILURES`; only what the messages quote is added here.
 */

import { REQUEST_FAILURES, type RequestFailureReason } from '../../errors/index.ts';
import {
  type CompiledListener,
  misdirectedText,
  noListenerText,
  noRouteReason,
  noRouteText,
  patternWorkText,
} from '../../match/index.ts';
import type { Fault } from '../../snapshot/index.ts';
import { GrpcStatus } from '../../values/index.ts';
import type { EndReason, StreamEnd } from '../../wire/index.ts';
import type { Answer, Face, Refusal } from '../faces/index.ts';
import { isOwnLimit, type OpenFailure } from '../upstream/index.ts';

function answer(reason: RequestFailureReason, message: string, httpOnly = false): Answer {
  const { httpStatus, grpcStatus } = REQUEST_FAILURES[reason];
  return { httpStatus, grpcStatus, message, body: null, headers: [], reason, httpOnly };
}

/** No rule of the listener takes the request; `what`: `/service/method`, or `GET /path`. */
export function noRoute(what: string, host: string, listener: CompiledListener): Answer {
  return answer(noRouteReason(host, listener), noRouteText(what, host, listener));
}

/** Which rule takes the request would take too long to find out; `what` as in `noRoute`. */
export function tooMuchWork(what: string, host: string): Answer {
  return answer('pattern_work', patternWorkText(what, host));
}

/** What its face says that no rule could take. */
export function refused({ reason, text }: Refusal): Answer {
  return answer(reason, text);
}

/** The request has neither `:authority` nor `host`: it is for nobody (RFC 9110 §7.2). */
export function noHost(): Answer {
  return answer('no_host', 'the request names no host');
}

/** No listener of the port takes the host; `what` as in `noRoute`. */
export function noListener(what: string, host: string): Answer {
  return answer('no_listener', noListenerText(what, host));
}

/** RFC 9110 §15.5.20: the connection's server name belongs to another listener than the request's host. */
export function misdirected(host: string): Answer {
  return answer('misdirected', misdirectedText(host), true);
}

/** A check at the health endpoint of a listener that takes requests. */
export function healthy(): Answer {
  return { ...HEALTH, httpStatus: 200, message: 'ready' };
}

/** The same of one that is being drained. */
export function leaving(): Answer {
  return { ...HEALTH, httpStatus: 503, message: 'draining' };
}

/** What was asked is what is said: no request has failed. */
const HEALTH = { grpcStatus: 0, body: null, headers: [], reason: '', httpOnly: true };

export function faulted(fault: Fault): Answer {
  const { httpStatus, grpcStatus, message, reason } = fault;
  return { httpStatus, grpcStatus, message, body: null, headers: [], reason, httpOnly: false };
}

/** More proxies stand before the request than any chain has. */
export function requestLoop({ noun }: Face): Answer {
  return answer('request_loop', `the ${noun} goes round: it came through too many proxies`);
}

export function openFailed(failure: OpenFailure, message: string): Answer {
  return answer(failure, message);
}

/** The policy of the backend allows no further try. */
export function retryBudgetSpent(): Answer {
  return answer('retry_budget', 'the backend failed, and its retry budget is spent');
}

/** A request asks for an upgrade, and the worker has no room for a connection of its own. */
export function upgradesFull(): Answer {
  return answer('upgrade_limit', 'the gateway has no room for a further upgraded connection');
}

/** A request asks for an upgrade of which its endpoint cannot be asked. */
export function upgradeNotTaken(): Answer {
  return answer(
    'upgrade_not_taken',
    'the backend cannot be asked for the upgrade: it does not allow extended CONNECT (RFC 8441)',
  );
}

/** `timeoutMs`: what was allowed. */
export function deadlineExceeded({ noun }: Face, timeoutMs: number, byRoute: boolean): Answer {
  const whose = byRoute ? "the route's timeout" : `the deadline of the ${noun}`;
  return answer(byRoute ? 'route_timeout' : 'deadline', `${whose} of ${Math.round(timeoutMs)} ms passed`);
}

/** Nothing moved on the stream for too long. */
export function streamIdle(limit: 'stream_stalled' | 'stream_idle'): Answer {
  const isStalled = limit === 'stream_stalled';
  return answer(limit, isStalled ? 'nothing moved on the stream for 5 minutes' : 'the stream was idle for an hour');
}

/** The gateway ends, or the listener is gone, and the time to drain is over. */
export function drainTimeout({ noun }: Face): Answer {
  return answer('drain_timeout', `the gateway ends, and the ${noun} outlasted the time to drain`);
}

/** What a client of gRPC makes of a reset (grpc/doc/PROTOCOL-HTTP2.md), where that is not to be tried again: it would hear the same without a proxy. */
const STATUS_OF_RESET: Partial<Record<EndReason, number>> = {
  cancelled: GrpcStatus.CANCELLED,
  overload: GrpcStatus.RESOURCE_EXHAUSTED,
};

/** An endpoint's stream ended before its answer did. */
export function streamEnded(face: Face, end: StreamEnd, responseStarted: boolean): Answer {
  switch (end.origin) {
    case 'peer':
    case 'leaving': {
      const told = upstreamReset(face, `stream reset with ${end.detail}`);
      return { ...told, grpcStatus: STATUS_OF_RESET[end.reason] ?? told.grpcStatus };
    }
    case 'codec':
      return isOwnLimit(end) ? responseTooLarge() : upstreamProtocol(`its response is not valid (${end.detail})`);
    case 'connection': {
      // Refused: it went before the endpoint can have seen the request, and no other try did better.
      if (end.reason === 'lost' || end.reason === 'refused') return upstreamReset(face, 'its connection was lost');
      // Nothing of this call may have come yet: then it is as good as lost.
      const detail = `its connection failed with ${end.detail}`;
      return responseStarted ? upstreamProtocol(detail) : upstreamReset(face, detail);
    }
  }
}

/** An endpoint did not begin its answer within the `timeoutMs` of the rule. */
export function backendTimeout(timeoutMs: number): Answer {
  return answer('backend_timeout', `the endpoint did not begin its answer within ${timeoutMs} ms`);
}

/** The endpoint's connection broke or it reset the stream; nothing was received. */
export function upstreamReset({ noun }: Face, detail: string): Answer {
  return answer('upstream_reset', `the endpoint ended the ${noun}: ${detail}`);
}

/** The endpoint's header list or trailers are over our limits: we ended the stream, and no other try would do better. */
export function responseTooLarge(): Answer {
  return answer('response_too_large', 'the headers of the answer are larger than the gateway allows');
}

/** The request's header list is over our limits. */
export function requestTooLarge(): Answer {
  return answer('header_limit', 'the request headers are larger than the gateway allows');
}

/** The request's header list is over what the endpoint said that it takes. */
export function requestNotTaken(): Answer {
  return answer('endpoint_header_limit', 'the request headers are larger than the backend says that it takes');
}

/** The request's head breaks the protocol. Its connection told the client already, or reset the stream. */
export function malformedRequest(): Answer {
  return answer('malformed_request', 'the head of the request breaks the protocol');
}

/** The endpoint broke the protocol: we ended the stream, or the connection. */
export function upstreamProtocol(detail: string): Answer {
  return answer('upstream_protocol', `the endpoint broke the protocol: ${detail}`);
}
