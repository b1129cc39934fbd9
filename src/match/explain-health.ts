// SPDX-License-Identifier: Apache-2.0

import { ownerName, type RequestListener } from '../snapshot/index.ts';
import type { CompiledBinding } from './compiled-binding.ts';
import type { CompiledListener } from './compiled-listener.ts';
import type { ExplainedAnswer, Question } from './explanation.ts';
import { isHealthCheck, whyNoHealthCheck } from './health-endpoint.ts';
import { viewOf } from './question-view.ts';

/** What the health endpoint makes of a request. */
export interface ExplainedHealth {
  /** Whose endpoint answers, whatever routes there are; undefined: none. */
  readonly answers: { readonly listener: RequestListener; readonly answer: ExplainedAnswer } | undefined;
  /** Why it does not, where the path is its own; '' else. */
  readonly whyNot: string;
}

/** `chosen`: the listener that takes the host. In TLS the host is taken for the server name. */
export function explainHealth(
  compiled: CompiledBinding,
  { host, chosen }: { readonly host: string; readonly chosen: CompiledListener | undefined },
  question: Question,
): ExplainedHealth {
  const isTls = compiled.binding.admission === 'client-hello';
  const checked = isTls ? chosen : compiled.checkedListener(chosen, null);
  const health = checked?.listener.health ?? null;
  if (checked === undefined || health === null) return { answers: undefined, whyNot: '' };
  const request = viewOf(question, host, checked);
  if (!isHealthCheck(health, request)) return { answers: undefined, whyNot: whyNoHealthCheck(health, request) ?? '' };
  const { listener } = checked;
  const text = `HTTP 200 by the health endpoint of Gateway ${ownerName(listener)} (503 while it drains)`;
  return { answers: { listener, answer: { kind: 'answered', httpStatus: 200, grpcStatus: null, text } }, whyNot: '' };
}
