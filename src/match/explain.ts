// SPDX-License-Identifier: Apache-2.0

/**
 * Says which rule takes a request, and why each other one does not. The listener and the rule come from the compiled
 * matchers that the proxy asks, so an explanation cannot disagree with the traffic.
 */
import {
  type Binding,
  type Listener,
  type RequestListener,
  requestListeners,
  routesRequests,
  type Snapshot,
} from '../snapshot/index.ts';
import { ANY_HOST, socketAddress, targetFault } from '../values/index.ts';
import { type CompiledBinding, compileBinding } from './compiled-binding.ts';
import type { CompiledListener } from './compiled-listener.ts';
import { explainGate, explainGrpcWeb, explainRefusal, explainRule } from './explain-answer.ts';
import { explainCandidates } from './explain-candidates.ts';
import type { FilteredRequest } from './explain-filters.ts';
import { clientsOf, explainFrontend, isAskedFrontend } from './explain-frontend.ts';
import { explainHealth } from './explain-health.ts';
import { explainOtherHosts, explainOtherListeners, isAskedFor } from './explain-listeners.ts';
import type { ExplainedAnswer, ExplainedListener, ExplainedPlace, Explanation, Question } from './explanation.ts';
import { grpcPathFault, invalidPathText } from './grpc/grpc-path.ts';
import { TOO_MUCH_WORK } from './pattern-work.ts';
import { readPath, viewOf } from './question-view.ts';
import { invalidTargetText, noListenerText, noRouteReason, noRouteText, patternWorkText } from './refusal-text.ts';
import { describeListenerFilter } from './rule-text.ts';
import { explainStreamTable } from './streams/explain-stream.ts';
import { describeTracing } from './tracing-text.ts';

/** Explains a request against a snapshot. Pure; compiles each binding: some 100 ms with thousands of routes. */
export function explain(snapshot: Snapshot, question: Question): Explanation {
  const clients = clientsOf(question, snapshot);
  const places = snapshot.bindings
    .filter(binding => isAskedFrontend(binding, question) && isRequestPlace(binding, question))
    .flatMap(binding => explainBinding(compileBinding(binding).forClientsOf(clients), { snapshot, question, clients }));
  const { protocol, method, path, headers } = question;
  return {
    request: { protocol, method, path, readPath: readPath(question) || path, headers },
    places: places.sort((a, b) => rank(a) - rank(b)),
  };
}

function rank({ answer, listener }: ExplainedPlace): number {
  if (answer.kind !== 'refused') return 0;
  return listener === null ? 2 : 1;
}

interface Asked {
  readonly snapshot: Snapshot;
  readonly question: Question;
  readonly clients: string;
}

/** At a frontend some listeners take requests of any protocol: as bytes. */
function isRequestPlace({ frontend, listeners }: Binding, question: Question): boolean {
  const asked = frontend === null ? requestListeners(listeners) : listeners;
  return asked.some(listener => isAskedFor(listener, question));
}

function explainBinding(compiled: CompiledBinding, asked: Asked): ExplainedPlace[] {
  const { snapshot, question, clients } = asked;
  const { frontend, listeners } = compiled.binding;
  const [met] = listeners;
  if (frontend !== null && met !== undefined && !routesRequests(met)) return [explainBytes(compiled, met, asked)];
  const hosts = hostsOf(compiled, question);
  return [...new Set(hosts)].map(one => {
    const place = explainPlace({ compiled, snapshot, question, host: one });
    if (frontend === null || met === undefined) return place;
    const isTaken = place.candidates.some(({ verdict }) => verdict === 'taken');
    return { ...place, frontend: explainFrontend(frontend, { listener: met, clients, isTaken }) };
  });
}

/** Of the client, else what may be meant: a Service is called by its name. */
function hostsOf(compiled: CompiledBinding, question: Question): readonly string[] {
  const { frontend, listeners } = compiled.binding;
  if (question.host !== null) return [question.host];
  if (frontend !== null) return [`${frontend.name}.${frontend.namespace}.svc.cluster.local`];
  return requestListeners(listeners)
    .filter(listener => isAskedFor(listener, question))
    .map(listener => assumeHost(compiled, listener, question));
}

/** A request to a frontend whose listener does not read requests: where routes are by server name it comes in TLS, and its host is that name. */
function explainBytes(
  compiled: CompiledBinding,
  met: Listener,
  { snapshot, question, clients }: Asked,
): ExplainedPlace {
  const { id, hostname } = met;
  const isTls = met.kind === 'tls';
  const host = isTls ? (hostsOf(compiled, question)[0] ?? '') : (question.host ?? '');
  const serverName = isTls ? host : null;
  const { address, backends, answer, frontend } = explainStreamTable(compiled, { snapshot, clients, serverName });
  const { kind } = answer;
  return {
    address,
    host,
    isHostAssumed: isTls && question.host === null,
    otherListeners: [],
    notHealthCheck: '',
    ...NOTHING,
    listener: { id, hostname, isTls },
    backends,
    answer: { kind, httpStatus: null, grpcStatus: null, text: `as bytes${isTls ? ', in TLS' : ''}: ${answer.text}` },
    frontend,
  };
}

/** A host that the listener owns and, if there is one, under which a rule takes the request. */
function assumeHost(compiled: CompiledBinding, listener: RequestListener, question: Question): string {
  const hosts = [...listener.virtualHosts.map(({ hostname }) => hostname), listener.hostname].map(exampleOf);
  const owned = hosts.filter(host => compiled.listenerFor(host)?.listener === listener);
  const served = owned.find(host => {
    const owner = compiled.listenerFor(host);
    return owner?.match(host, viewOf(question, host, owner)) !== undefined;
  });
  return served ?? owned[0] ?? exampleOf(listener.hostname);
}

function exampleOf(hostname: string): string {
  if (hostname === ANY_HOST) return 'any-host.invalid';
  return hostname.startsWith('*.') ? `any${hostname.slice(1)}` : hostname;
}

interface PlaceContext {
  readonly compiled: CompiledBinding;
  readonly snapshot: Snapshot;
  readonly question: Question;
  readonly host: string;
}

function explainPlace(context: PlaceContext): ExplainedPlace {
  const { compiled, question, host } = context;
  const { address, port } = compiled.binding;
  const chosen = compiled.listenerFor(host);
  const health = explainHealth(compiled, { host, chosen }, question);
  const shape = {
    frontend: null,
    address: socketAddress(address, port),
    host,
    isHostAssumed: question.host === null,
    otherListeners: explainOtherListeners(compiled, compiled.ownerOf(host), host),
    notHealthCheck: health.whyNot,
  };
  if (health.answers !== undefined) {
    const { listener, answer } = health.answers;
    return { ...shape, ...NOTHING, listener: explainListener(listener), answer };
  }
  if (chosen === undefined) {
    const owner = compiled.ownerOf(host);
    const text =
      owner === undefined
        ? noListenerText(askedFor(question), host)
        : `listener ${owner.listener.name} passes on what comes for ${host} as it is: ask with --tls ${host}`;
    const answer = explainRefusal('no_listener', text, question);
    return { ...shape, listener: null, ...NOTHING, answer };
  }
  const listener = explainListener(chosen.listener);
  const otherHosts = explainOtherHosts(chosen, host);
  const view = viewOf(question, host, chosen);
  const { winner, candidates, moreCandidates } = explainCandidates(chosen, host, view);
  const gate = chosen.listener.filters.map(describeListenerFilter);
  const { tracing: traced } = chosen.listener;
  const tracing = traced === null ? '' : describeTracing(traced);
  const found = { ...shape, listener, gate, tracing, candidates, moreCandidates, otherHosts };
  if (winner === undefined || winner === TOO_MUCH_WORK) {
    const answer =
      winner === TOO_MUCH_WORK
        ? explainRefusal('pattern_work', patternWorkText(askedFor(question), host), question)
        : (explainGrpcWeb(question) ?? explainNone(question, host, chosen));
    return { ...found, filters: [], backends: [], answer };
  }
  const request: FilteredRequest = {
    question: { ...question, path: view.path },
    host,
    listener: chosen.listener,
    scheme: view.header('x-forwarded-proto') === 'https' ? 'https' : 'http',
  };
  return { ...found, ...explainRule(winner.rule, context.snapshot, request) };
}

function explainListener({ id, hostname, kind }: RequestListener): ExplainedListener {
  return { id, hostname, isTls: kind === 'https' };
}

/** What the proxy says to a request that no rule takes. */
function explainNone(question: Question, host: string, listener: CompiledListener): ExplainedAnswer {
  const { protocol, path } = question;
  const isGrpc = protocol === 'grpc';
  const fault = isGrpc ? grpcPathFault(path) : targetFault(path);
  if (fault === undefined) return explainNoRoute(question, host, listener);
  const text = isGrpc ? invalidPathText(path, fault) : invalidTargetText(path, fault);
  return explainRefusal('invalid_path', text, question);
}

function explainNoRoute(question: Question, host: string, compiled: CompiledListener): ExplainedAnswer {
  const text = noRouteText(askedFor(question), host, compiled);
  const answer = explainRefusal(noRouteReason(host, compiled), text, question);
  return explainGate(answer, { listener: compiled.listener, servers: [] }, question);
}

function askedFor(question: Question): string {
  const { protocol, method, path } = question;
  return protocol === 'grpc' ? path : `${method} ${readPath(question) || path}`;
}

const NOTHING = {
  gate: [],
  tracing: '',
  candidates: [],
  moreCandidates: 0,
  otherHosts: [],
  filters: [],
  backends: [],
} as const;
