// SPDX-License-Identifier: Apache-2.0

/** The admin HTTP server. In: questions of the operator. Out: JSON and Prometheus text. Never: secrets. */
export { type AdminOptions, type AdminServer, startAdminServer } from './admin-server.ts';
export type { AdminResource, AdminSource } from './admin-source.ts';
export type { HistogramValue, MetricFamily, MetricSample } from './metric-family.ts';
