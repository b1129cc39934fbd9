// SPDX-License-Identifier: Apache-2.0

import type { Answer } from '../faces/index.ts';
import type { BodyWatcher, FilterStep, RequestWait, SteppedRequest, StepVerdict } from '../filters/index.ts';
import type { RequestPipe } from './request-pipe.ts';

/** The exchange, as the run of its steps sees it. */
export interface StepRunOwner {
  readonly request: RequestPipe;
  readonly isFinished: boolean;
  /** Every step let the request go on. */
  onStepsDone(): void;
  answer(answer: Answer): void;
}

/**
 * One request on its way through the steps of its rule, and who watches its body. Made only for requests whose rule has steps.
 *
 *     running ──wait──► waiting ──resume──► running … ──► done
 *        └──answer, the request is over─────┴───────────────▲
 */
export class StepRun {
  readonly #owner: StepRunOwner;
  readonly #steps: readonly FilterStep[];
  #next = 0;
  #waiting: RequestWait | null = null;
  #isAnswered = false;
  readonly #watchers: BodyWatcher[] = [];

  constructor(owner: StepRunOwner, steps: readonly FilterStep[]) {
    this.#owner = owner;
    this.#steps = steps;
  }

  /** Runs the steps that are left, until one waits. */
  run(request: SteppedRequest): void {
    while (!this.#isAnswered && !this.#owner.isFinished) {
      const step = this.#steps[this.#next];
      if (step === undefined) {
        this.#owner.onStepsDone();
        return;
      }
      this.#next++;
      const verdict = step.onRequestHead(request);
      switch (verdict.kind) {
        case 'continue':
          break;
        case 'wait':
          this.#waiting = verdict;
          verdict.begin();
          return;
        case 'answer':
          this.answer(verdict.answer);
          return;
      }
    }
  }

  /** See `SteppedRequest.resume`. No effect when no step waits. */
  resume(request: SteppedRequest, verdict: Exclude<StepVerdict, { kind: 'wait' }>): void {
    if (this.#waiting === null) return;
    this.#waiting = null;
    if (verdict.kind === 'answer') this.answer(verdict.answer);
    else this.run(request);
  }

  /** See `SteppedRequest.watch`. What a step began may have ended the request: the worker has no room for both. */
  watch(watcher: BodyWatcher): void {
    if (this.#owner.isFinished) {
      watcher.cancel();
      return;
    }
    this.#watchers.push(watcher);
    this.#owner.request.show(watcher);
  }

  data(chunk: Buffer, start: number, end: number, last: boolean): void {
    for (const watcher of this.#watchers) {
      watcher.data(chunk, start, end, last);
      if (this.#isAnswered) return;
    }
  }

  endOfBody(): void {
    for (const watcher of this.#watchers) watcher.end();
  }

  /** See `SteppedRequest.refuse`. No effect after the first. */
  answer(answer: Answer): void {
    if (this.#isAnswered) return;
    this.#isAnswered = true;
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.cancel();
    this.#owner.answer(answer);
  }

  /** The request is over. */
  close(): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.cancel();
    for (const watcher of this.#watchers) watcher.cancel();
  }
}
