// SPDX-License-Identifier: Apache-2.0

/**
 * Streams of bytes. In: clients' connections, with the rule that takes each. Out: the same bytes to an endpoint and back.
 * Never: what is in a stream; who takes it.
 */
export { StreamChoices } from './stream-choice.ts';
export { StreamConnection } from './stream-connection.ts';
export { StreamMetrics } from './stream-metrics.ts';
export type { OpenStream, StreamServer, StreamServing, StreamStart } from './stream-server.ts';
