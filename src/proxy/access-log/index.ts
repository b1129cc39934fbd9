// SPDX-License-Identifier: Apache-2.0

/** One JSON line per request. In: finished exchanges. Out: batches of lines. Off: costs nothing, nothing is made. */
export { ACCESS_LOG_FIELDS, AccessLog } from './access-log.ts';
