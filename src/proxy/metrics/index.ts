// SPDX-License-Identifier: Apache-2.0

/**
 * Counters of the data plane. Each worker writes its own shared page with plain array stores (one writer, no atomics, no
 * allocation per request); the main thread reads all pages and adds them up, so a scrape never stops a worker.
 * In: events of requests and connections. Out: metric families. Never: I/O.
 */
export { FAMILIES, type FamilyName, LABELS } from './families.ts';
export { GatewayMetrics } from './gateway-metrics.ts';
export { GrpcMethodMetrics } from './grpc-method-metrics.ts';
export { HttpRequestMetrics, methodLabel } from './http-request-metrics.ts';
export { MethodBudget } from './method-budget.ts';
export type { CountedCall, TypeSeries } from './method-series.ts';
export { type Histogram, type MetricFamily, type MetricSample, MetricsReader } from './metrics-reader.ts';
export { RuleMetrics } from './rule-metrics.ts';
export { RuleMetricsTable, routeName, ruleName } from './rule-metrics-table.ts';
export { type Labels, type Series, WorkerMetrics } from './worker-metrics.ts';
