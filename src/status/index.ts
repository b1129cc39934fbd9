// SPDX-License-Identifier: Apache-2.0

/**
 * Outcomes of a translation → the statuses of GatewayClass, Gateway, routes and policies. In: a translation, what was written
 * before, and the time. Out: whole status objects. Never: I/O, clocks, other controllers' entries.
 */
export { type BrokenCondition, brokenConditions } from './broken-conditions.ts';
export { STATUS_KINDS, type Status } from './status-rows.ts';
export { ourControllers, type Statuses, statuses, type WrittenStatuses } from './statuses.ts';
export { mergeStatus, type StatusJson, type StatusTarget } from './stored-status.ts';
export { MESH_FEATURES, SUPPORTED_FEATURES } from './supported-features.ts';
