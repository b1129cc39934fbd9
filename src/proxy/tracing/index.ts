// SPDX-License-Identifier: Apache-2.0

/**
 * Traces: the place of a request in its trace, its span, and the way of spans to collectors (OTLP).
 * In: finished requests, what a snapshot asks for. Out: calls to collectors. Never: a request that waits for any of it.
 */
export { passTraceThrough, type RequestTrace } from './request-trace.ts';
export { TracedCall } from './traced-call.ts';
export type { Tracer } from './tracer.ts';
export { Tracers } from './tracers.ts';
