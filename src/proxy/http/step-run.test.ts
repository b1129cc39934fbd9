// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type BodyWatcher, CONTINUE, type FilterStep, type SteppedRequest } from '../filters/index.ts';
import type { RequestPipe } from './request-pipe.ts';
import { StepRun, type StepRunOwner } from './step-run.ts';

describe('the steps of a request', () => {
  it('that began to watch it as it was ended, for want of memory, are told that it is over', () => {
    const log: string[] = [];
    const watcher: BodyWatcher = {
      data: () => void log.push('data'),
      end: () => void log.push('end'),
      cancel: () => void log.push('cancelled'),
    };
    const pipe: Partial<RequestPipe> = { show: () => void log.push('shown') };
    const owner: StepRunOwner & { isFinished: boolean } = {
      request: pipe as RequestPipe,
      isFinished: false,
      onStepsDone: () => void log.push('done'),
      answer: () => {},
    };
    const step: FilterStep = {
      onRequestHead: () => {
        // What it charges is too much for the worker, which ends this request first.
        owner.isFinished = true;
        run.close();
        run.watch(watcher);
        return CONTINUE;
      },
    };
    const run: StepRun = new StepRun(owner, [step]);
    run.run({} as SteppedRequest);
    assert.deepEqual(log, ['cancelled']);
  });
});
