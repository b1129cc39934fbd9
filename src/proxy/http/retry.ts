// SPDX-License-Identifier: Apache-2.0

/**
 * Tries after the first one. Two kinds, and neither once a head of an answer went to the client, or more of the request was sent than is kept:
 *
 * - *moved*: an endpoint refused the stream before it looked at it. Another one is asked at once, rule or no rule: nothing is repeated.
 * - *retried*: the rule says so, of an answer (by its status), of a connection that could not be made, or of an answer that did not begin
 *   in time. After a pause that grows, as often as the rule says, and as far as the cluster's budget allows. What a policy's budget does
 *   not allow is answered with 503.
 *
 *     trying ──answer for the client──► …
 *       ├──refused──► trying, elsewhere
 *       └──failed by the rule──► pausing (what still comes of the answer is dropped) ──► trying
 */
import { fieldOf, type HeaderList, type StreamEnd, type VolatileFields } from '../../wire/index.ts';
import { type ClusterPool, type OpenFailure, type RetryReason, verdictOnStatus } from '../upstream/index.ts';
import { retryBudgetSpent } from './answers.ts';
import { tellRetry } from './exchange-debug.ts';
import { recount } from './exchange-memory.ts';
import type { ExchangeState } from './exchange-state.ts';
import { HeldHead, type HeldHeadOwner } from './held-head.ts';
import { openAttempt } from './request-start.ts';
import type { CompiledRetry } from './retry-rule.ts';

/** An endpoint that wants no retry, or a later one, says so with the status (gRFC A6). */
const PUSHBACK = 'grpc-retry-pushback-ms';
/** A longer pause is taken for a refusal: nobody waits for it. */
const MAX_PUSHBACK_MS = 60_000;

/** What of an answer decides: its head, or its trailers when the head was held back. */
export interface Verdict {
  readonly list: HeaderList;
  readonly fields: VolatileFields;
  /** Nothing follows. */
  readonly isLast: boolean;
}

/** An endpoint refused the stream before it looked at it, as `end` says: true when another one is asked. */
export function moveElsewhere(exchange: ExchangeState, { origin }: StreamEnd): boolean {
  const cluster = exchange.backend?.cluster ?? null;
  if (cluster === null || !exchange.attempts.mayMove(origin === 'leaving') || !mayRepeat(exchange)) return false;
  exchange.attempts.moves++;
  rewind(exchange);
  tell(exchange, cluster, 'refused');
  openAttempt(exchange, cluster, null);
  return true;
}

/** The head of an answer came: true when it goes nowhere, because another try follows, or before it is clear whether one does. */
export function keepsBack(exchange: ExchangeState & HeldHeadOwner, retry: CompiledRetry, head: Verdict): boolean {
  const status = Number(head.list.get(':status') ?? 0);
  if (retry.takesHttp(status) || takesCall(exchange, retry, head)) return dropsAnswer(exchange, retry, head, status);
  const { attempts, face, owner, request } = exchange;
  const isDecided = head.isLast || !retry.holdsHeads || !face.endsWithStatus;
  if (isDecided || !request.isReplayable || attempts.retries >= retry.attempts) return false;
  const held = new HeldHead(exchange, head.list, head.fields);
  exchange.detour().held = held;
  owner.serving.loop.markDirty(held);
  return true;
}

/** A call whose head was held back ends with trailers and nothing else: true when it is dropped for another try. */
export function retriesHeld(exchange: ExchangeState, held: HeldHead, trailers: Verdict): boolean {
  const retry = exchange.decision?.rule?.retry ?? null;
  if (retry === null || !takesCall(exchange, retry, trailers)) return false;
  if (!dropsAnswer(exchange, retry, trailers, Number(held.list.get(':status') ?? 0))) return false;
  exchange.detour().held = null;
  return true;
}

function dropsAnswer(exchange: ExchangeState, retry: CompiledRetry, said: Verdict, httpStatus: number): boolean {
  const pauseMs = pauseAsked(said);
  const verdict = verdictOnStatus(httpStatus);
  if (pauseMs === undefined || !tryAgain(exchange, retry, { reason: 'status', pauseMs, verdict })) return false;
  exchange.attempts.current?.discard(verdict);
  return true;
}

/** No stream could be opened: true when it is tried again. A cluster without endpoints, or with a full line, is left alone. */
export function retriesUnopened(exchange: ExchangeState, failure: OpenFailure): boolean {
  const retry = exchange.decision?.rule?.retry ?? null;
  if (retry === null || failure === 'no_endpoint' || failure === 'overload') return false;
  return tryAgain(exchange, retry, { reason: failure, pauseMs: null, verdict: null });
}

/** The answer did not begin in time: true when the request is tried again. */
export function retriesLate(exchange: ExchangeState): boolean {
  const retry = exchange.decision?.rule?.retry ?? null;
  return (
    retry?.takesLate === true && tryAgain(exchange, retry, { reason: 'backend_timeout', pauseMs: null, verdict: null })
  );
}

/** The pause is over. */
export function endPause(exchange: ExchangeState): void {
  const cluster = exchange.backend?.cluster ?? null;
  if (cluster === null) return;
  const { attempts, deadlines, face, owner } = exchange;
  if (attempts.pausedFor !== null) tell(exchange, cluster, attempts.pausedFor);
  attempts.pausedFor = null;
  exchange.outgoingFields = face.withAttempt(exchange.outgoingFields);
  if (deadlines.requestMs > 0) {
    const leftMs = exchange.startedMs + deadlines.requestMs - owner.serving.loop.nowMs;
    exchange.outgoingFields = face.withDeadline(exchange.outgoingFields, Math.max(1, leftMs));
  }
  openAttempt(exchange, cluster, exchange.session?.endpoint ?? null);
}

/** True for an answer to a call whose status, which is all that it consists of, is one that the rule tries again. */
function takesCall({ face }: ExchangeState, retry: CompiledRetry, { list, isLast }: Verdict): boolean {
  const http = list.get(':status');
  const said = isLast ? face.statusIn(list) : null;
  // An answer that is no gRPC, of something between: a client of gRPC reads its status in that of HTTP.
  const status = said ?? (http === undefined || http === '200' ? null : face.statusOfHttp(Number(http)));
  return status !== null && retry.takesGrpc(status);
}

/** The pause that an endpoint asks for; null: none in particular; undefined: no further try. */
function pauseAsked({ list, fields }: Verdict): number | null | undefined {
  const text = list.get(PUSHBACK) ?? fieldOf(fields, PUSHBACK);
  if (text === undefined) return null;
  return /^\d{1,6}$/.test(text) && Number(text) <= MAX_PUSHBACK_MS ? Number(text) : undefined;
}

interface Again {
  readonly reason: RetryReason;
  /** null: as long as the rule says. */
  readonly pauseMs: number | null;
  /** On the endpoint that answered; null: the attempt is over already. */
  readonly verdict: ReturnType<typeof verdictOnStatus> | null;
}

/** True: the answer that came goes nowhere, for another try follows, or an answer of ours. */
function tryAgain(exchange: ExchangeState, retry: CompiledRetry, { reason, pauseMs, verdict }: Again): boolean {
  const { attempts, owner } = exchange;
  const cluster = exchange.backend?.cluster ?? null;
  if (cluster === null || attempts.retries >= retry.attempts || !mayRepeat(exchange)) return false;
  const { loop, metrics, random } = owner.serving;
  if (!cluster.retryBudget.withdraw(loop.nowMs)) {
    metrics.count('daemun_limit_hits_total', { limit: 'retry_budget' });
    if (!cluster.retryBudget.isStrict) return false;
    // BackendTrafficPolicySpec.retryConstraint: 503, whatever the endpoint said.
    if (verdict !== null) attempts.current?.finish(verdict);
    exchange.answer(retryBudgetSpent());
    return true;
  }
  attempts.retries++;
  attempts.pausedFor = reason;
  rewind(exchange);
  if (exchange.isFinished) return true;
  exchange.deadlines.arm('pause', loop, loop.nowMs + (pauseMs ?? retry.pauseBefore(attempts.retries, random)));
  return true;
}

function mayRepeat({ responseStarted, request }: ExchangeState): boolean {
  return !responseStarted && request.isReplayable;
}

/** What was sent comes back to the head of what waits. */
function rewind(exchange: ExchangeState): void {
  exchange.request.rewind();
  recount(exchange);
}

/** The next try begins; `current` is still the one before. */
function tell(exchange: ExchangeState, cluster: ClusterPool, reason: RetryReason): void {
  const { attempts, owner, trace } = exchange;
  const { debug, loop } = owner.serving;
  cluster.retried(reason);
  if (debug.isOn) tellRetry(exchange, reason);
  trace?.retried({ atMs: loop.nowMs, reason, endpoint: attempts.current?.endpoint?.key ?? '' });
}
