// SPDX-License-Identifier: Apache-2.0

/** The model that a data plane executes. In: translation. Out: proxy, xds, match. Never: Kubernetes or Envoy types. */
export * from './backend-tls.ts';
export * from './bind-failure.ts';
export * from './cluster.ts';
export * from './cors-policy.ts';
export { applyDelta, diffSnapshots, EMPTY_SNAPSHOT, type SnapshotDelta } from './delta.ts';
export * from './endpoint-set.ts';
export { sameContent } from './equal.ts';
export * from './external-auth.ts';
export { deepFreeze } from './freeze.ts';
export * from './frontend.ts';
export * from './listener.ts';
export * from './order.ts';
export { checkReceivable } from './receivable.ts';
export * from './rule.ts';
export * from './snapshot.ts';
export * from './stream-rule.ts';
export * from './tracing.ts';
export * from './trust-bundle.ts';
export * from './url-change.ts';
