// SPDX-License-Identifier: Apache-2.0

import type { Filter } from '../snapshot/index.ts';
import type { CompiledListener } from './compiled-listener.ts';
import type { ExplainedAnswer, Question } from './explanation.ts';
import { changedTarget, locationOf, rewriteOf } from './http/url-change.ts';

/** A request at the listener that takes it. */
export interface FilteredRequest {
  readonly question: Question;
  readonly host: string;
  readonly listener: CompiledListener['listener'];
}

/** What filters answer by themselves; undefined: the request goes on. */
export function explainFilters(filters: readonly Filter[], request: FilteredRequest): ExplainedAnswer | undefined {
  for (const filter of filters) {
    const answer = explainFilter(filter, request);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

function explainFilter(filter: Filter, { question, host, listener }: FilteredRequest): ExplainedAnswer | undefined {
  switch (filter.kind) {
    case 'request-headers':
    case 'response-headers':
    case 'mirror':
    case 'rewrite':
    case 'external-auth':
      return undefined;
    case 'redirect': {
      const { status } = filter.redirect;
      const scheme = listener.kind === 'https' ? 'https' : 'http';
      const request = {
        scheme,
        entered: scheme,
        authority: host,
        target: question.path,
        ports: listener.ports,
      } as const;
      const location = locationOf(filter.redirect, request);
      return { kind: 'answered', httpStatus: status, grpcStatus: null, text: `HTTP ${status}: see ${location}` };
    }
  }
}

/** What a backend is asked for, in words; '': what the client asked for. `filters`: the rule's, then the backend's. */
export function explainRewrite(filters: readonly Filter[], { question }: Pick<FilteredRequest, 'question'>): string {
  const rewrite = rewriteOf(filters);
  if (rewrite === null) return '';
  const { hostname, path } = rewrite;
  const target = path === null ? question.path : changedTarget(path, question.path);
  return `${question.method} ${target}${hostname === null ? '' : ` of host ${hostname}`}`;
}
