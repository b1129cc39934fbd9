// SPDX-License-Identifier: Apache-2.0

import { REQUEST_FAILURES } from '../../errors/index.ts';
import { MessageCounter } from '../../wire/index.ts';
import type { Answer } from '../faces/index.ts';
import { type BodyWatcher, CONTINUE, type FilterStep, type SteppedRequest, type StepVerdict } from './step.ts';

/** Refuses calls one of whose messages is longer than allowed, once its length is said. */
export class MessageLimitStep implements FilterStep {
  readonly #maxBytes: number;
  readonly #tooLarge: Answer;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    const { httpStatus, grpcStatus } = REQUEST_FAILURES.message_too_large;
    const message = `a message of the request is larger than ${maxBytes} bytes`;
    const reason = 'message_too_large';
    this.#tooLarge = { httpStatus, grpcStatus, message, body: null, headers: [], reason, httpOnly: false };
  }

  onRequestHead(request: SteppedRequest): StepVerdict {
    request.watch(new LimitedMessages(request, this.#maxBytes, this.#tooLarge));
    return CONTINUE;
  }
}

class LimitedMessages implements BodyWatcher {
  readonly #request: SteppedRequest;
  readonly #maxBytes: number;
  readonly #tooLarge: Answer;
  readonly #messages = new MessageCounter();

  constructor(request: SteppedRequest, maxBytes: number, tooLarge: Answer) {
    this.#request = request;
    this.#maxBytes = maxBytes;
    this.#tooLarge = tooLarge;
  }

  data(chunk: Buffer, start: number, end: number): void {
    if (this.#messages.feed(chunk, start, end) > this.#maxBytes) this.#request.refuse(this.#tooLarge);
  }

  end(): void {}

  cancel(): void {}
}
