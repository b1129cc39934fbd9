// SPDX-License-Identifier: Apache-2.0

import { REQUEST_FAILURES, type RequestFailureReason } from '../errors/index.ts';
import type { Filter, RequestListener, Rule, Snapshot, WeightedBackend } from '../snapshot/index.ts';
import { grpcStatusWord } from '../values/index.ts';
import { explainFilters, explainRewrite, type FilteredRequest } from './explain-filters.ts';
import { explainTarget } from './explain-target.ts';
import type { ExplainedAnswer, ExplainedBackend, ExplainedPlace, Question } from './explanation.ts';
import { upgradeOf } from './question-view.ts';
import { grpcWebText } from './refusal-text.ts';
import { describeFilter, formatShare } from './rule-text.ts';
import { describeSession } from './session-text.ts';
import { describeTiming } from './timing-text.ts';

/** What becomes of a request that a rule took. */
export function explainRule(
  rule: Rule,
  snapshot: Snapshot,
  request: FilteredRequest,
): Pick<ExplainedPlace, 'filters' | 'backends' | 'answer'> {
  const backends = explainBackends(rule, snapshot, request);
  const asked = { listener: request.listener, servers: serversOf(rule, request) };
  const answer = explainGate(explainRuleAnswer(rule, backends, request), asked, request.question);
  return { filters: rule.filters.map(describeFilter), backends, answer };
}

/** The backends of a rule with their shares and endpoints. */
function explainBackends(rule: Rule, snapshot: Snapshot, request: FilteredRequest): ExplainedBackend[] {
  if (rule.fault !== null) return [];
  return rule.backends.map(backend => explainBackend(backend, { rule, snapshot, request }));
}

interface Shared {
  readonly rule: Rule;
  readonly snapshot: Snapshot;
  readonly request: FilteredRequest;
}

function explainBackend(
  { weight, target, filters, session }: WeightedBackend,
  { rule, snapshot, request }: Shared,
): ExplainedBackend {
  const shape = {
    weight,
    share: (100 * weight) / rule.totalWeight,
    filters: filters.map(describeFilter),
    asked: explainRewrite([...rule.filters, ...filters], request),
    answer: explainFilters([...rule.filters, ...filters], request).answer?.text ?? '',
  };
  const policy = target.kind === 'fault' ? null : (rule.sessionPersistence ?? session?.policy ?? null);
  return { ...shape, session: describeSession(policy), ...explainTarget(target, snapshot) };
}

/** What a client is told whose request no rule takes, with the statuses of the failure table. */
export function explainRefusal(reason: RequestFailureReason, text: string, { protocol }: Question): ExplainedAnswer {
  return refuse({ ...REQUEST_FAILURES[reason], message: text }, protocol);
}

/** What a client of gRPC-Web is told; undefined for other requests. */
export function explainGrpcWeb({ protocol, headers }: Question): ExplainedAnswer | undefined {
  const text = protocol === 'http' ? grpcWebText(headers['content-type']) : undefined;
  return text === undefined ? undefined : refuse({ ...REQUEST_FAILURES.grpc_web, message: text }, protocol);
}

/** What a client gets from a rule. */
function explainRuleAnswer(
  rule: Rule,
  backends: readonly ExplainedBackend[],
  request: FilteredRequest,
): ExplainedAnswer {
  const { protocol } = request.question;
  const { answer } = explainFilters(chainsOf(rule)[0], request);
  if (answer !== undefined && backends.every(backend => backend.answer === answer.text)) return answer;
  if (rule.fault !== null) return refuse(rule.fault, protocol);
  const working = backends.filter(({ answer, fault }) => answer !== '' || fault === '');
  if (working.length > 0)
    return {
      kind: 'forwarded',
      httpStatus: null,
      grpcStatus: null,
      text: forwardText(rule, backends, request.question),
    };
  return explainFailures(rule, protocol);
}

/** Of a rule no backend of which works: each answers its share, and the status is that of the greatest. */
function explainFailures({ backends, totalWeight }: Rule, protocol: Question['protocol']): ExplainedAnswer {
  const empty = backends.flatMap(({ target }) => (target.kind === 'cluster' ? target.cluster : []));
  const noEndpoint = { ...REQUEST_FAILURES.no_endpoint, message: `no ready endpoint in ${empty.join(', ')}` };
  const answers = new Map<string, { readonly answer: ExplainedAnswer; readonly weight: number }>();
  for (const { target, weight } of backends) {
    const answer = refuse(target.kind === 'fault' ? target.fault : noEndpoint, protocol);
    answers.set(answer.text, { answer, weight: weight + (answers.get(answer.text)?.weight ?? 0) });
  }
  const byWeight = [...answers.values()].sort((a, b) => b.weight - a.weight);
  const greatest = byWeight[0]?.answer ?? refuse(noEndpoint, protocol);
  if (byWeight.length === 1) return greatest;
  const shares = byWeight.map(({ answer, weight }) => `${formatShare((100 * weight) / totalWeight)} %: ${answer.text}`);
  return { ...greatest, text: shares.join('; ') };
}

/** The filters that a request passes, with each of the backends; never empty. A rule that answers by itself has its own alone. */
function chainsOf(rule: Rule): readonly [readonly Filter[], ...(readonly Filter[])[]] {
  const [first, ...others] = rule.fault === null ? rule.backends : [];
  if (first === undefined) return [rule.filters];
  const chainOf = ({ filters }: WeightedBackend): readonly Filter[] => [...rule.filters, ...filters];
  return [chainOf(first), ...others.map(chainOf)];
}

/** Clusters of the servers that every request of a rule is held up for, whatever its backend. */
function serversOf(rule: Rule, request: FilteredRequest): readonly string[] {
  const [first, ...others] = chainsOf(rule);
  return explainFilters(first, request).servers.filter(server =>
    others.every(chain => explainFilters(chain, request).servers.includes(server)),
  );
}

/** `answer`, of a request that servers are asked about first: those of its listener's filters, then `servers`, its rule's. */
export function explainGate(
  answer: ExplainedAnswer,
  { listener, servers }: { readonly listener: RequestListener; readonly servers: readonly string[] },
  { protocol }: Question,
): ExplainedAnswer {
  const asked: string[] = [];
  for (const filter of listener.filters) {
    if (filter.kind === 'fault') return ifAllowed(refuse(filter.fault, protocol), asked);
    asked.push(filter.auth.cluster);
  }
  return ifAllowed(answer, [...asked, ...servers]);
}

function ifAllowed(answer: ExplainedAnswer, servers: readonly string[]): ExplainedAnswer {
  if (servers.length === 0) return answer;
  return {
    ...answer,
    text: `${answer.text}, if ${servers.join(' and ')} ${servers.length === 1 ? 'says' : 'say'} yes`,
  };
}

function forwardText(rule: Rule, backends: readonly ExplainedBackend[], question: Question): string {
  const parts = backends.map(({ answer, cluster, share, fault }) => {
    const percent = backends.length === 1 ? '' : ` (${formatShare(share)} %)`;
    if (answer !== '') return `the client${percent}: ${answer}`;
    if (fault === '') return `${cluster}${percent}`;
    return `an error${percent}: ${cluster === '' ? fault : `${cluster}: ${fault}`}`;
  });
  const upgrade = upgradeOf(question);
  const asked = upgrade === null ? '' : `; asked to go on with ${upgrade}, which ends the timeouts when it is granted`;
  return `forwarded to ${parts.join(', ')}${describeTiming(rule, question.protocol)}${asked}`;
}

interface Refusal {
  readonly httpStatus: number;
  readonly grpcStatus: number;
  readonly message: string;
}

function refuse({ httpStatus, grpcStatus, message }: Refusal, protocol: Question['protocol']): ExplainedAnswer {
  if (protocol === 'http')
    return { kind: 'refused', httpStatus, grpcStatus: null, text: `HTTP ${httpStatus}: ${message}` };
  const name = grpcStatusWord(grpcStatus) ?? 'code';
  return { kind: 'refused', httpStatus: 200, grpcStatus, text: `gRPC status ${grpcStatus} ${name}: ${message}` };
}
