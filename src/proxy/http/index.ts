// SPDX-License-Identifier: Apache-2.0

/**
 * One request's life, from its head to the end of its response, whatever version carries it on either side.
 * In: a stream of a client's connection, and the scope that decides it. Out: a stream to an endpoint, an answer, the books.
 * Never: a socket, a codec.
 */
export { malformedRequest, requestTooLarge } from './answers.ts';
export type { ClientIdentity } from './client-identity.ts';
export { RuleCompiler } from './compiled-rule.ts';
export { STALLED_STREAM_MS } from './deadlines.ts';
export { Exchange } from './exchange.ts';
export { type ExchangeOwner, ExchangeState } from './exchange-state.ts';
export { Gates } from './gates.ts';
export { HttpDate } from './http-date.ts';
export { checkIdle } from './idle-stream.ts';
export { recordRefused } from './refused-request.ts';
export { Scope, type ScopeEnvironment } from './scope.ts';
export type { Serving } from './serving.ts';
