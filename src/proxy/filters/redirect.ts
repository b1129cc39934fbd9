// SPDX-License-Identifier: Apache-2.0

import { locationOf } from '../../match/index.ts';
import type { Redirect } from '../../snapshot/index.ts';
import { GrpcStatus } from '../../values/index.ts';
import type { FilterStep, SteppedRequest, StepVerdict } from './step.ts';

/** A redirect filter: answers each request with where to go. What the client asked for counts, not what other filters made of it. */
export class RedirectStep implements FilterStep {
  readonly #redirect: Redirect;

  constructor(redirect: Redirect) {
    this.#redirect = redirect;
  }

  onRequestHead({ head, target, scheme, entered, ports }: SteppedRequest): StepVerdict {
    const location = locationOf(this.#redirect, {
      scheme,
      entered,
      authority: head.get(':authority') ?? head.get('host') ?? '',
      target,
      ports,
    });
    return {
      kind: 'answer',
      answer: {
        httpStatus: this.#redirect.status,
        grpcStatus: GrpcStatus.UNKNOWN,
        message: `see ${location}`,
        body: null,
        headers: [['location', location]],
        reason: '',
        // gRPC has no word for it.
        httpOnly: true,
      },
    };
  }
}
