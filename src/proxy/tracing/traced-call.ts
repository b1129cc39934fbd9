// SPDX-License-Identifier: Apache-2.0

import type { VolatileFields } from '../../wire/index.ts';
import type { StepCallEnd, StepCallTrace } from '../filters/index.ts';
import type { SocketLoop } from '../io/index.ts';
import type { CallPlace, RequestTrace } from './request-trace.ts';

/** A call that was made for a request: a span below the request's, of which the server is told. */
export class TracedCall implements CallPlace, StepCallTrace {
  readonly trace: RequestTrace;
  readonly spanId: string;
  readonly startedMs: number;
  readonly #loop: SocketLoop;

  constructor(trace: RequestTrace, spanId: string, loop: SocketLoop) {
    this.trace = trace;
    this.spanId = spanId;
    this.startedMs = loop.nowMs;
    this.#loop = loop;
  }

  passOn(fields: VolatileFields): VolatileFields {
    return this.trace.passOn(fields, this.spanId);
  }

  end(call: StepCallEnd): void {
    if (this.trace.isSampled) this.trace.owner.endCall(this, call, this.#loop.nowMs);
  }
}
