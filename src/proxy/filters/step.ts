// SPDX-License-Identifier: Apache-2.0

import type { ReachedPorts } from '../../snapshot/index.ts';
import type { HeaderList, VolatileFields } from '../../wire/index.ts';
import type { Answer } from '../faces/index.ts';
import type { WholeAnswer, WholeRequest } from '../upstream/index.ts';
import type { ChangedHead, FieldChange } from './field-change.ts';

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
  | RequestWait
  | { readonly kind: 'answer'; readonly answer: Answer };

/**
 * The request stands still. `begin` is called next, and from then on the step calls `SteppedRequest.resume` once, perhaps before `begin`
 * returns. `cancel` is called instead when the request is over before that.
 */
export interface RequestWait {
  readonly kind: 'wait';
  begin(): void;
  cancel(): void;
}

export const CONTINUE: Extract<StepVerdict, { kind: 'continue' }> = { kind: 'continue' };

/** What a step sees of a request. */
export interface SteppedRequest {
  /** As the client sent it, but for the target, which is in the form that rules see. */
  readonly head: HeaderList;
  readonly fields: VolatileFields;
  readonly target: string;
  /** What the client spoke: the listener's (`entered`), or what a trusted proxy says. */
  readonly scheme: 'http' | 'https';
  readonly entered: 'http' | 'https';
  /** Of the listener that took it. */
  readonly ports: ReachedPorts;
  /** As an endpoint would get it: fields that the rule changes are changed. */
  readonly outgoing: HeaderList;
  readonly outgoingFields: VolatileFields;
  /** As an endpoint would get it if the rule changed nothing: what the client said, as far as it is believed. */
  unchanged(): ChangedHead;
  /** See `UpstreamRequest.isApart`. */
  readonly isApart: boolean;
  /** The client's connection. */
  readonly owner: { readonly client: object };
  /** IP address of the client, as far as trusted proxies tell. */
  readonly clientAddress: string;
  /** A call that the step makes for the request begins now. null: no policy traces the listener. */
  traceCall(): StepCallTrace | null;
  /** From here on `watcher` sees the body, what came before included. */
  watch(watcher: BodyWatcher): void;
  /** A step that waits wants all of the body first: a client that waits for a word (`expect: 100-continue`) gets it. */
  invite(): void;
  /** So many bytes of the body wait with the knowledge of a step that waits for more: the client may send as many again. */
  awaitMore(bytes: number): void;
  /** What follows, and the endpoint, see the request so changed. */
  changeRequest(change: FieldChange): void;
  /** The response's head, if an endpoint answers, is changed so. */
  changeResponse(change: FieldChange): void;
  /** These fields come with the response, an endpoint's or one of ours: name, value, name, value … */
  addToResponse(fields: readonly string[]): void;
  /** Ends the request with this, as long as it lasts, even while an endpoint answers it: what a watcher may do with what it saw. */
  refuse(answer: Answer): void;
  /** After `wait`. */
  resume(verdict: Exclude<StepVerdict, { kind: 'wait' }>): void;
}

/** A call that a step makes for a request, in the trace of the request. */
export interface StepCallTrace {
  /** `fields` of the call, with its place in the trace. */
  passOn(fields: VolatileFields): VolatileFields;
  /** Once. */
  end(call: StepCallEnd): void;
}

/** A call that is over. */
export interface StepCallEnd {
  readonly kind: 'grpc' | 'http';
  readonly request: WholeRequest;
  readonly answer: WholeAnswer | null;
  /** There is no answer, for people; '': there is one. */
  readonly why: string;
  /** `address:port` of who was asked; '': nobody was. */
  readonly endpoint: string;
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
