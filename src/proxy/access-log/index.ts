// SPDX-License-Identifier: Apache-2.0

/** One JSON line per request, connection or session. In: finished ones. Out: batches of lines. Off: costs nothing, nothing is made. */
export { AccessLog } from './access-log.ts';
export { ACCESS_LOG_FIELDS } from './access-log-fields.ts';
export type { LoggedStream } from './stream-line.ts';
