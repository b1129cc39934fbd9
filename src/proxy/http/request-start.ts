// SPDX-License-Identifier: Apache-2.0

/** From a decision to a stream at an endpoint: deadline, backend, session, filters, the first try. */
import { isDroppedAtEdge } from '../../values/index.ts';
import { fieldOf, type MessageStream, type VolatileFields, withTarget } from '../../wire/index.ts';
import type { RuleSession, SessionToken } from '../filters/index.ts';
import { type ClusterPool, hashText } from '../upstream/index.ts';
import { deadlineExceeded, faulted, requestLoop, requestNotTaken, upgradeNotTaken } from './answers.ts';
import { hasClaims, withoutClaims } from './client-claims.ts';
import { withIdentity } from './client-identity.ts';
import type { CompiledBackend, CompiledRule } from './compiled-rule.ts';
import type { Decision } from './decision.ts';
import type { ExchangeState } from './exchange-state.ts';
import { hostOf } from './head-view.ts';
import { askForTunnel } from './tunnel-flow.ts';
import { withVia } from './via.ts';

/** A call that allows less has no time left: no endpoint is asked, only to be told to stop. */
const LEAST_TIMEOUT_MS = 1;

/** A request that rules have seen: to the backend of the one that takes it, or answered. */
export function route(exchange: ExchangeState, decision: Decision): void {
  const { rule, answer } = decision;
  if (rule !== null) beginForwarding(exchange, decision, rule);
  else if (answer !== null) exchange.answer(answer);
}

function beginForwarding(exchange: ExchangeState, decision: Decision, rule: CompiledRule): void {
  const { serving } = exchange.owner;
  const session = rule.session === null ? null : readSession(exchange, rule.session);
  const backend = rule.backendFor(session, serving.random);
  const { fault, filters } = backend;
  if (rule.session === null && backend.session !== null) readSession(exchange, backend.session);
  if (fault !== null && filters.steps.length === 0) {
    exchange.answer(faulted(fault));
    return;
  }
  if (!startDeadline(exchange, rule.timeoutMs)) return;
  if (decision.upgrade !== null && !askForTunnel(exchange, decision.upgrade)) return;
  exchange.backend = backend;
  exchange.deadlines.backendMs = rule.backendTimeoutMs;
  const budget = backend.cluster?.retryBudget;
  if (budget !== undefined && (rule.retry !== null || budget.isStrict)) budget.deposit(serving.loop.nowMs);
  if (!prepareHead(exchange, decision, backend)) return;
  if (filters.steps.length === 0) goOn(exchange);
  else exchange.runSteps(filters.steps, decision);
}

/** Every step of the rule's filters let the request go on. */
export function goOn(exchange: ExchangeState): void {
  const { backend, session } = exchange;
  if (backend === null) return;
  if (backend.fault !== null) exchange.answer(faulted(backend.fault));
  else if (backend.cluster !== null) openAttempt(exchange, backend.cluster, session?.endpoint ?? null);
}

/** The cluster has as many requests waiting as it may. */
export function countPendingLimit(exchange: ExchangeState): void {
  exchange.owner.serving.metrics.count('daemun_limit_hits_total', { limit: 'pending_requests' });
}

/** Asks for a stream. `pinned`: see `UpstreamRequest`. */
export function openAttempt(exchange: ExchangeState, cluster: ClusterPool, pinned: string | null): void {
  if (exchange.isFinished) return;
  const hash = cluster.hashKey === null ? 0 : hashOf(exchange, cluster.hashKey);
  exchange.openedAfterMs = Math.trunc(exchange.owner.serving.loop.nowMs - exchange.startedMs);
  exchange.attempts.open(cluster, hash, pinned);
}

/** Whether the endpoint behind `stream`, which is open and idle, takes such a request. False: that was answered. */
export function mayAsk(exchange: ExchangeState, stream: MessageStream): boolean {
  const { outgoing, outgoingFields, tunnel } = exchange;
  const isTaken = stream.takesList(outgoing, outgoingFields);
  if (isTaken && (tunnel === null || stream.mayUpgrade(outgoing))) return true;
  exchange.attempts.current?.abandon('ok');
  exchange.answer(isTaken ? upgradeNotTaken() : requestNotTaken());
  return false;
}

/** False: the deadline has passed already and was answered. */
function startDeadline(exchange: ExchangeState, routeMs: number): boolean {
  const { face } = exchange;
  const callMs = face.deadlineOf(exchange.fields);
  if (callMs === undefined && routeMs === 0) return true;
  const byRoute = routeMs > 0 && (callMs === undefined || routeMs < callMs);
  const timeoutMs = byRoute ? routeMs : (callMs as number);
  exchange.deadlines.requestMs = timeoutMs;
  exchange.deadlines.isByRoute = byRoute;
  if (byRoute) exchange.outgoingFields = face.withDeadline(exchange.fields, routeMs);
  if (timeoutMs < LEAST_TIMEOUT_MS) {
    exchange.answer(deadlineExceeded(face, timeoutMs, byRoute));
    return false;
  }
  exchange.deadlines.arm('request', exchange.owner.serving.loop, exchange.startedMs + timeoutMs);
  return true;
}

/** False: the request goes round, which was answered. */
function prepareHead(exchange: ExchangeState, decision: Decision, backend: CompiledBackend): boolean {
  const { serving, peerAddress } = exchange.owner;
  const { fields, outgoingFields, trace } = exchange;
  const head = decision.outgoing(backend, serving.lists);
  const believed = believedFields(outgoingFields, decision);
  const claims = believed === outgoingFields ? null : fields;
  const list = head.listFor(peerAddress, claims);
  if (list === null && head.goesRound(claims)) {
    exchange.answer(requestLoop(exchange.face));
    return false;
  }
  const { requestHead, rewrite } = backend.filters;
  const traced = trace === null ? believed : trace.passOn(believed);
  exchange.outgoingFields = rewrite === null ? traced : rewrite.rewriteVolatile(traced);
  if (requestHead.touchesVolatile) exchange.outgoingFields = requestHead.rewriteVolatile(exchange.outgoingFields);
  if (list === null) exchange.outgoingFields = head.forwardedFor(peerAddress, exchange.outgoingFields, fields);
  exchange.outgoing = list ?? head.unaddressed();
  exchange.outgoingFields = withIdentity(exchange.outgoingFields, exchange.owner.identity);
  if (serving.via !== null)
    exchange.outgoingFields = withVia(exchange.outgoingFields, serving.via, exchange.stream.version);
  if (serving.accessLog !== null) ensureRequestId(exchange, serving.accessLog.newRequestId);
  return true;
}

/** A request's fields as they pass: its target in the one form, and without what clients are not believed. */
export function believedFields(fields: VolatileFields, { target, trust }: Decision): VolatileFields {
  const read = target === null ? fields : withTarget(fields, target);
  return hasClaims(read, trust) ? withoutClaims(read, trust) : read;
}

/** A log wants to name the request: made only then, for it costs more than a header. */
function ensureRequestId(exchange: ExchangeState, newRequestId: () => string): void {
  if (fieldOf(exchange.outgoingFields, 'x-request-id') !== undefined) return;
  exchange.outgoingFields = [...(exchange.outgoingFields ?? []), 'x-request-id', newRequestId()];
}

function readSession(exchange: ExchangeState, session: RuleSession): SessionToken | null {
  const { decision, fields, owner } = exchange;
  if (decision === null) return null;
  const { sessionKeys: keys, clock } = owner.serving;
  const token = session.read(decision.head, fields, { keys, nowMs: clock.wallMs() });
  if (token !== null) exchange.detour().session = token;
  return token;
}

function hashOf(exchange: ExchangeState, key: NonNullable<ClusterPool['hashKey']>): number {
  if (key.kind === 'source-ip') return hashText(exchange.clientAddress);
  return hashText(hashedValue(exchange, key.name) ?? exchange.clientAddress);
}

function hashedValue({ decision, fields }: ExchangeState, name: string): string | undefined {
  if (decision === null || isDroppedAtEdge(name, decision.trust.proxies !== null)) return undefined;
  if (name === 'host') return hostOf(decision.head);
  return decision.head.get(name) ?? fieldOf(fields, name);
}
