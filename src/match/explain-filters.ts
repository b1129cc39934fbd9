// SPDX-License-Identifier: Apache-2.0

import { REQUEST_FAILURES } from '../errors/index.ts';
import type { CorsPolicy, Filter } from '../snapshot/index.ts';
import type { CompiledListener } from './compiled-listener.ts';
import type { ExplainedAnswer, Question } from './explanation.ts';
import { allowsOrigin, foreignOriginText, isPreflight, preflightFields } from './http/cors.ts';
import { changedTarget, locationOf, rewriteOf } from './http/url-change.ts';

/** A request at the listener that takes it. */
export interface FilteredRequest {
  /** Its path as rules and backends see it. */
  readonly question: Question;
  readonly host: string;
  /** What the client speaks, as a trusted proxy in front says where there is one. */
  readonly scheme: 'http' | 'https';
  readonly listener: CompiledListener['listener'];
}

/** What becomes of a request among filters. */
interface FilterOutcome {
  /** Clusters of the servers that are asked whether it may pass, in turn. */
  readonly servers: readonly string[];
  /** What a filter answers by itself, so that those behind it are not reached; undefined: the request goes on. */
  readonly answer: ExplainedAnswer | undefined;
}

/** `filters`: the rule's, then a backend's. */
export function explainFilters(filters: readonly Filter[], request: FilteredRequest): FilterOutcome {
  const cors = filters.findLast(({ kind }) => kind === 'cors');
  const servers: string[] = [];
  for (const filter of filters) {
    if (filter.kind === 'cors' && filter !== cors) continue;
    if (filter.kind === 'external-auth') servers.push(filter.auth.cluster);
    const answer = explainFilter(filter, request);
    if (answer !== undefined) return { servers, answer };
  }
  return { servers, answer: undefined };
}

function explainFilter(
  filter: Filter,
  { question, host, listener, scheme }: FilteredRequest,
): ExplainedAnswer | undefined {
  if (filter.kind === 'cors') return explainPreflight(filter.policy, question);
  // No other kind answers by what is known of a request before it is sent.
  if (filter.kind !== 'redirect') return undefined;
  const { status } = filter.redirect;
  const request = {
    scheme,
    entered: listener.kind === 'https' ? 'https' : 'http',
    authority: host,
    target: question.path,
    ports: listener.ports,
  } as const;
  const location = locationOf(filter.redirect, request);
  return { kind: 'answered', httpStatus: status, grpcStatus: null, text: `HTTP ${status}: see ${location}` };
}

function explainPreflight(policy: CorsPolicy, { method, headers }: Question): ExplainedAnswer | undefined {
  const { origin } = headers;
  const asked = {
    method,
    origin,
    wantedMethod: headers['access-control-request-method'],
    wantedHeaders: headers['access-control-request-headers'],
  };
  if (origin === undefined || !isPreflight(asked)) return undefined;
  if (!allowsOrigin(policy, origin)) {
    const { httpStatus } = REQUEST_FAILURES.cors_origin;
    const text = `HTTP ${httpStatus}: ${foreignOriginText(origin)}`;
    return { kind: 'refused', httpStatus, grpcStatus: null, text };
  }
  const fields = preflightFields(policy, asked).map(([name, value]) => `${name}: ${value}`);
  return { kind: 'answered', httpStatus: 204, grpcStatus: null, text: `HTTP 204: ${fields.join('; ')}` };
}

/** What a backend is asked for, in words; '': what the client asked for. `filters`: the rule's, then the backend's. */
export function explainRewrite(filters: readonly Filter[], { question }: Pick<FilteredRequest, 'question'>): string {
  const rewrite = rewriteOf(filters);
  if (rewrite === null) return '';
  const { hostname, path } = rewrite;
  const target = path === null ? question.path : changedTarget(path, question.path);
  return `${question.method} ${target}${hostname === null ? '' : ` of host ${hostname}`}`;
}
