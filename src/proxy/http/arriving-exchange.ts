// SPDX-License-Identifier: Apache-2.0

import type { Answer } from '../faces/index.ts';
import { changeFields, type FieldChange, markedChange } from '../filters/index.ts';
import { requestLoop } from './answers.ts';
import { cameRound } from './client-claims.ts';
import type { Decision } from './decision.ts';
import type { ExchangeState } from './exchange-state.ts';
import type { RequestPipe } from './request-pipe.ts';
import { route } from './request-start.ts';
import type { Scope } from './scope.ts';
import { StepRun, type StepRunOwner } from './step-run.ts';
import { SteppedExchange } from './stepped-exchange.ts';

/**
 * Sends a request through the filters of its listener: until they have let it go on no rule has it. What they change rules see; the
 * listener stays, since nobody may change the host (GEP-5224). `decision`: unrouted.
 */
export function passGate(exchange: ExchangeState, decision: Decision): void {
  if (cameRound(decision.head, exchange.fields)) {
    exchange.answer(requestLoop(exchange.face));
    return;
  }
  const arriving = new ArrivingExchange(exchange, decision);
  const run = new StepRun(arriving, decision.gate);
  exchange.detour().steps = run;
  run.run(arriving);
}

/** An exchange as the filters of its listener see it. */
class ArrivingExchange extends SteppedExchange implements StepRunOwner {
  /** Where it began: rules that change meanwhile are for those who come later. */
  readonly #scope: Scope;

  constructor(exchange: ExchangeState, decision: Decision) {
    super(exchange, decision);
    this.#scope = exchange.owner.scope();
  }

  get request(): RequestPipe {
    return this.exchange.request;
  }

  get isFinished(): boolean {
    return this.exchange.isFinished;
  }

  override changeRequest(change: FieldChange): void {
    const exchange = this.exchange;
    const before = { list: this.decision.head, fields: exchange.fields };
    const marked = markedChange(change, this.decision.head);
    const { list, fields } = changeFields(before, marked, exchange.owner.serving.lists);
    this.decision = this.decision.unrouted(list);
    exchange.decision = this.decision;
    exchange.fields = fields;
    exchange.outgoingFields = fields;
  }

  onStepsDone(): void {
    const exchange = this.exchange;
    const decision = this.#scope.decide(this.decision.head, exchange.fields);
    exchange.detour().steps = null;
    exchange.decision = decision;
    exchange.call?.takenBy(decision.rule);
    route(exchange, decision);
  }

  answer(answer: Answer): void {
    this.exchange.answer(answer);
  }
}
