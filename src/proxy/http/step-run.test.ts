// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HeaderList, type MessageStream } from '../../wire/index.ts';
import type { Answer } from '../faces/index.ts';
import {
  type BodyWatcher,
  type ChangedHead,
  CONTINUE,
  type FilterStep,
  type SteppedRequest,
  type StepVerdict,
} from '../filters/index.ts';
import { BodyMemory } from '../io/index.ts';
import { RequestPipe } from './request-pipe.ts';
import { StepRun } from './step-run.ts';

const NO: Answer = {
  httpStatus: 403,
  grpcStatus: 7,
  message: 'no',
  body: null,
  headers: [],
  reason: 'test',
  httpOnly: false,
};

/** A request whose steps are run, and what came of it. */
class World implements SteppedRequest {
  readonly head = new HeaderList([], []);
  readonly fields = null;
  readonly target = '/';
  readonly scheme = 'http';
  readonly entered = 'http';
  readonly ports = { own: 80, http: 80, https: 443 };
  readonly outgoing = new HeaderList([], []);
  readonly outgoingFields = null;
  readonly isApart = false;
  readonly owner = { client: {} };
  readonly clientAddress = '127.0.0.1';
  readonly log: string[] = [];
  isFinished = false;
  readonly request = new RequestPipe({ consumed() {} } as unknown as MessageStream, new BodyMemory());
  readonly run: StepRun;

  constructor(...steps: FilterStep[]) {
    this.run = new StepRun(this, steps);
  }

  start(): this {
    this.run.run(this);
    return this;
  }
  onStepsDone(): void {
    this.log.push('done');
  }
  answer({ httpStatus }: Answer): void {
    this.log.push(`answer ${httpStatus}`);
  }
  addToResponse(): void {}
  watch(watcher: BodyWatcher): void {
    this.run.watch(watcher);
  }
  unchanged(): ChangedHead {
    return { list: this.outgoing, fields: null };
  }
  traceCall(): null {
    return null;
  }
  invite(): void {}
  awaitMore(): void {}
  changeRequest(): void {}
  changeResponse(): void {}
  refuse(answer: Answer): void {
    this.run.answer(answer);
  }
  resume(verdict: Exclude<StepVerdict, { kind: 'wait' }>): void {
    this.run.resume(this, verdict);
  }
  send(text: string, last = false): void {
    this.request.count(text.length, last);
    this.run.data(Buffer.from(text), 0, text.length, last);
    this.request.write(null, Buffer.from(text), 0, text.length);
  }
}

/** A step that writes down when it runs. */
function step(log: string[], name: string, verdict: StepVerdict, watcher: BodyWatcher | null = null): FilterStep {
  return {
    onRequestHead(request) {
      log.push(name);
      if (watcher !== null) request.watch(watcher);
      return verdict;
    },
  };
}

function watcherOf(log: string[]): BodyWatcher {
  return {
    data: (chunk, start, end, last) => void log.push(`${chunk.toString('latin1', start, end)}${last ? '.' : ''}`),
    end: () => void log.push('end'),
    cancel: () => void log.push('cancel'),
  };
}

describe('the steps of a rule', () => {
  it('run in the order written, and then an endpoint is asked', () => {
    const ran: string[] = [];
    const world = new World(step(ran, 'one', CONTINUE), step(ran, 'two', CONTINUE)).start();
    assert.deepEqual([ran, world.log], [['one', 'two'], ['done']]);
  });

  it('end with the first that answers', () => {
    const ran: string[] = [];
    const answer = { kind: 'answer', answer: NO } as const;
    const world = new World(step(ran, 'one', CONTINUE), step(ran, 'two', answer), step(ran, 'three', CONTINUE)).start();
    assert.deepEqual([ran, world.log], [['one', 'two'], ['answer 403']]);
  });

  it('stand still while one waits, and go on where they stood', () => {
    const ran: string[] = [];
    const wait = { kind: 'wait', begin() {}, cancel: () => void ran.push('cancelled') } as const;
    const world = new World(step(ran, 'one', wait), step(ran, 'two', CONTINUE)).start();
    assert.deepEqual([ran, world.log], [['one'], []]);
    world.resume(CONTINUE);
    world.resume(CONTINUE);
    assert.deepEqual([ran, world.log], [['one', 'two'], ['done']]);
    world.run.close();
    assert.deepEqual(ran, ['one', 'two']);
  });

  it('may refuse the request by what they see of its body, before or while another waits, and no other is asked then', () => {
    const ran: string[] = [];
    const refusing: FilterStep = {
      onRequestHead: request => {
        request.watch({ data: () => request.refuse(NO), end() {}, cancel() {} });
        return CONTINUE;
      },
    };
    const wait = { kind: 'wait', begin() {}, cancel: () => void ran.push('cancelled') } as const;
    const early = new World(refusing, step(ran, 'next', CONTINUE));
    early.send('a');
    early.start();
    early.send('b');
    assert.deepEqual([ran, early.log], [[], ['answer 403']]);
    const late = new World(refusing, step(ran, 'waits', wait, watcherOf(ran)), step(ran, 'after', CONTINUE)).start();
    late.send('a');
    late.send('b');
    late.resume(CONTINUE);
    assert.deepEqual([ran, late.log], [['waits', 'cancelled'], ['answer 403']]);
  });

  it('may answer after they waited', () => {
    const ran: string[] = [];
    const world = new World(
      step(ran, 'one', { kind: 'wait', begin() {}, cancel() {} }),
      step(ran, 'two', CONTINUE),
    ).start();
    world.resume({ kind: 'answer', answer: NO });
    assert.deepEqual([ran, world.log], [['one'], ['answer 403']]);
  });

  it('are told when the request is over before they went on, and cannot wake it any more', () => {
    const ran: string[] = [];
    const world = new World(
      step(ran, 'one', { kind: 'wait', begin() {}, cancel: () => void ran.push('cancelled') }),
    ).start();
    world.run.close();
    world.resume(CONTINUE);
    assert.deepEqual([ran, world.log], [['one', 'cancelled'], []]);
  });

  it('see all of the body, what came while another one waited included', () => {
    const seen: string[] = [];
    const wait = { kind: 'wait', begin() {}, cancel() {} } as const;
    const world = new World(step([], 'one', wait), step([], 'two', CONTINUE, watcherOf(seen))).start();
    world.send('abc');
    assert.deepEqual(seen, []);
    world.resume(CONTINUE);
    world.send('def', true);
    world.run.close();
    assert.deepEqual(seen, ['abc', 'def.', 'cancel']);
  });

  it('see that a request had no body', () => {
    const seen: string[] = [];
    const world = new World(step([], 'one', CONTINUE, watcherOf(seen)));
    world.request.ended = true;
    world.start();
    assert.deepEqual(seen, ['end']);
  });
});
