// SPDX-License-Identifier: Apache-2.0

import type { Answer } from '../faces/index.ts';
import type { FieldChange, SessionToken } from '../filters/index.ts';
import type { RequestTrace } from '../tracing/index.ts';
import type { HeldHead } from './held-head.ts';
import type { StepRun } from './step-run.ts';
import type { Tunnel } from './tunnel.ts';

/** What few requests have: made with the first of it, so that the others do not pay for its fields. */
export class Detours {
  /** What becomes of the upgrade that the request asks for; null: it asks for none. */
  tunnel: Tunnel | null = null;
  /** Its way through the steps of its rule; null: there are none. */
  steps: StepRun | null = null;
  /** The client's address that a trusted proxy says; null: the peer is the client. */
  saidAddress: string | null = null;
  /** Its place in a trace; null: it has none, or none that we change. */
  trace: RequestTrace | null = null;
  /** The session that the request carries. */
  session: SessionToken | null = null;
  /** What steps want changed in the response's head; null: nothing. */
  responseChange: FieldChange | null = null;
  /** What comes with the response besides; null: nothing. */
  responseFields: readonly string[] | null = null;
  /** The head of an answer that may still be dropped for another try. */
  held: HeldHead | null = null;
  /** An answer of ours that is sent when the request has ended. */
  heldAnswer: Answer | null = null;
  /** What had moved when `idle-stream.ts` looked last (-1: it did not yet), and since when nothing did, in whole milliseconds. */
  movedBytes = -1;
  movedMs = 0;
}
