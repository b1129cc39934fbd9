// SPDX-License-Identifier: Apache-2.0

import { REQUEST_FAILURES } from '../../errors/index.ts';
import {
  allowsOrigin,
  type CorsRequest,
  dependsOnOrigin,
  foreignOriginText,
  isPreflight,
  preflightFields,
  sharingFields,
} from '../../match/index.ts';
import type { CorsPolicy } from '../../snapshot/index.ts';
import { fieldOf } from '../../wire/index.ts';
import type { Answer } from '../faces/index.ts';
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
    const asked = origin === undefined ? null : corsRequest(request, origin);
    if (asked !== null && isPreflight(asked)) return { kind: 'answer', answer: this.#answerTo(asked) };
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

  #answerTo(asked: CorsRequest): Answer {
    const origin = asked.origin ?? '';
    const { httpStatus, grpcStatus } = REQUEST_FAILURES.cors_origin;
    if (!allowsOrigin(this.#policy, origin)) {
      const message = foreignOriginText(origin);
      return { httpStatus, grpcStatus, message, body: null, headers: [], reason: 'cors_origin', httpOnly: true };
    }
    const headers = preflightFields(this.#policy, asked);
    return { httpStatus: 204, grpcStatus, message: '', body: NO_BODY, headers, reason: '', httpOnly: true };
  }
}

const NO_BODY = { contentType: '', bytes: Buffer.alloc(0) };

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
