// SPDX-License-Identifier: Apache-2.0

import { allowsOrigin, type CorsRequest, dependsOnOrigin, isPreflight, sharingFields } from '../../match/index.ts';
import type { CorsPolicy } from '../../snapshot/index.ts';
import { fieldOf } from '../../wire/index.ts';
import type { Answer } from '../faces/index.ts';
import { foreignOrigin, preflight } from './cors-answers.ts';
import { CONTINUE, type FilterStep, type SteppedRequest, type StepVerdict } from './step.ts';

/** A CORS filter: answers preflights, and adds to each response what pages of other origins may see of it. */
export class CorsStep implements FilterStep {
  readonly #policy: CorsPolicy;
  /** Pages of one origin call again and again. */
  #lastOrigin: string | undefined;
  #lastFields: readonly string[];

  constructor(policy: CorsPolicy) {
    this.#policy = policy;
    this.#lastFields = sharingFields(policy, undefined).flat();
  }

  onRequestHead(request: SteppedRequest): StepVerdict {
    const origin = textIn(request, 'origin');
    if (origin !== undefined) {
      const asked = corsRequest(request, origin);
      if (isPreflight(asked)) return { kind: 'answer', answer: this.#answerTo(asked, origin) };
    }
    request.addToResponse(this.#fieldsFor(origin));
    return CONTINUE;
  }

  #fieldsFor(origin: string | undefined): readonly string[] {
    if (origin !== this.#lastOrigin && dependsOnOrigin(this.#policy)) {
      this.#lastOrigin = origin;
      this.#lastFields = sharingFields(this.#policy, origin).flat();
    }
    return this.#lastFields;
  }

  #answerTo(asked: CorsRequest, origin: string): Answer {
    return allowsOrigin(this.#policy, origin) ? preflight(this.#policy, asked) : foreignOrigin(origin);
  }
}

function corsRequest(request: SteppedRequest, origin: string): CorsRequest {
  return {
    method: request.head.get(':method') ?? '',
    origin,
    wantedMethod: textIn(request, 'access-control-request-method'),
    wantedHeaders: textIn(request, 'access-control-request-headers'),
  };
}

function textIn({ head, fields }: SteppedRequest, name: string): string | undefined {
  return head.get(name) ?? fieldOf(fields, name);
}
