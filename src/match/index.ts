// SPDX-License-Identifier: Apache-2.0

/**
 * Which rule takes a request, and why each other one does not. In: a snapshot. Out: compiled matchers (for the proxy) and
 * explanations (for people), made of the same parts so that they cannot disagree. Never: I/O, clocks, logging.
 */
export { ClientNamespaces, UNKNOWN_CLIENTS } from './client-namespaces.ts';
export { type CompiledBinding, type CompileOptions, compileBinding, type HostOwner } from './compiled-binding.ts';
export type { CompiledListener, SharedListeners } from './compiled-listener.ts';
export { describeMatch } from './compiled-match.ts';
export type { CompiledVirtualHost } from './compiled-virtual-host.ts';
export { explain } from './explain.ts';
export type {
  ExplainedAnswer,
  ExplainedBackend,
  ExplainedCandidate,
  ExplainedEndpoint,
  ExplainedFrontend,
  ExplainedListener,
  ExplainedPlace,
  ExplainedRequest,
  Explanation,
  OtherHost,
  OtherListener,
  Question,
} from './explanation.ts';
export { GrpcPath, grpcPathFault, invalidPathText, isGrpcPath } from './grpc/grpc-path.ts';
export { isHealthCheck } from './health-endpoint.ts';
export {
  allowsOrigin,
  CORS_RESPONSE_FIELDS,
  type CorsRequest,
  dependsOnOrigin,
  foreignOriginText,
  isPreflight,
  preflightFields,
  sharingFields,
} from './http/cors.ts';
export { changedTarget, locationOf, type RedirectedRequest, rewriteOf } from './http/url-change.ts';
export { narrowBinding } from './narrow-binding.ts';
export { PatternVerdicts } from './pattern-verdicts.ts';
export { TOO_MUCH_WORK } from './pattern-work.ts';
export {
  grpcWebText,
  invalidTargetText,
  misdirectedText,
  noListenerText,
  noRouteReason,
  noRouteText,
  patternWorkText,
} from './refusal-text.ts';
export { fieldSeparator, type RequestView } from './request-view.ts';
export { SharedMatchers } from './shared-matchers.ts';
export { CompiledTlsListener } from './streams/compiled-tls-listener.ts';
export { explainStream } from './streams/explain-stream.ts';
export type { StreamExplanation, StreamPlace, StreamQuestion } from './streams/stream-explanation.ts';
