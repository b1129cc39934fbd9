// SPDX-License-Identifier: Apache-2.0

import type { HeaderList, VolatileFields } from '../../wire/index.ts';
import type { Answer } from '../faces/index.ts';

/**
 * A filter that is more than a change of fields, compiled: one for all requests of a rule and backend, so it holds nothing of a single one.
 * Steps run in the order written, when the head is ready and before an endpoint is asked.
 *
 *     head ready ──► step ──continue──► next step … ──► an endpoint is asked
 *                     ├──wait──► (the request's body waits) ──resume──► continue or answer
 *                     └──answer──► the client is told; no endpoint, no further step
 */
export interface FilterStep {
  onRequestHead(request: SteppedRequest): StepVerdict;
}

/** What becomes of a request after a step. */
export type StepVerdict =
  | { readonly kind: 'continue' }
  /** The step calls `SteppedRequest.resume` later, once. `cancel` is called instead when the request is over before that. */
  | { readonly kind: 'wait'; cancel(): void }
  | { readonly kind: 'answer'; readonly answer: Answer };

export const CONTINUE: Extract<StepVerdict, { kind: 'continue' }> = { kind: 'continue' };

/** What a step sees of a request. */
export interface SteppedRequest {
  /** As an endpoint would get it: fields that the rule changes are changed. */
  readonly outgoing: HeaderList;
  readonly outgoingFields: VolatileFields;
  /** See `UpstreamRequest.isApart`. */
  readonly isApart: boolean;
  /** From here on `watcher` sees the body, what came before included. */
  watch(watcher: BodyWatcher): void;
  /** After `wait`. */
  resume(verdict: Exclude<StepVerdict, { kind: 'wait' }>): void;
}

/** Sees the body of one request as it comes, whatever the endpoint takes of it. Views are valid during the call. */
export interface BodyWatcher {
  /** `last`: nothing follows. */
  data(chunk: Buffer, start: number, end: number, last: boolean): void;
  /** Nothing follows, and no data said so. */
  end(): void;
  /** The request is over; perhaps before its body was. */
  cancel(): void;
}
