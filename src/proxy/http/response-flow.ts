// SPDX-License-Identifier: Apache-2.0

/** The response on its way to the client: head with filters, data at the client's pace, trailers, and the end. */
import {
  grpcStatusOfHttp,
  type HeaderList,
  MemoSlot,
  type MessageStream,
  type VolatileFields,
} from '../../wire/index.ts';
import { BodyQueue, fieldBytes } from '../io/index.ts';
import type { CompiledBackend } from './compiled-rule.ts';
import { recount } from './exchange-memory.ts';
import type { ExchangeState } from './exchange-state.ts';
import { statusOf } from './response-plan.ts';
import { responseTrailerFields, responseTrailers } from './trailer-fields.ts';
import { withoutFields } from './volatile-fields.ts';

const isLength = (name: string): boolean => name === 'content-length';

export function deliverHead(
  exchange: ExchangeState,
  head: HeaderList,
  fields: VolatileFields,
  endStream: boolean,
): void {
  const backend = exchange.backend as CompiledBackend;
  const plan = backend.response;
  const response = plan.headOf(head);
  const { loop } = exchange.owner.serving;
  let sent = plan.fieldsOf(fields, loop.nowMs - exchange.startedMs - exchange.openedAfterMs);
  // gRPC does not count bytes, and an answer that we end with a status of ours is shorter than its endpoint said.
  if (fields !== null && response.isGrpc && !endStream) sent = withoutFields(sent, isLength);
  if (exchange.decision?.rule?.session != null) sent = withSession(exchange, sent);
  exchange.responseStarted = true;
  exchange.responseIsGrpc = response.isGrpc;
  exchange.httpStatus = response.httpStatus;
  exchange.grpcStatus = response.grpcStatus;
  const { stream } = exchange;
  stream.sendHead(response.list, sent, endStream);
  if (endStream) endResponse(exchange);
}

/** `exchange.responseEnded` says whether more follows. */
export function deliver(
  exchange: ExchangeState,
  upstream: MessageStream,
  chunk: Buffer,
  start: number,
  end: number,
): void {
  const { stream } = exchange;
  let at = start;
  if (exchange.responseQueue === null) {
    const taken = stream.sendData(chunk, start, end, exchange.responseEnded);
    at += taken;
    if (taken > 0) upstream.consumed(taken);
    if (at === end) {
      if (exchange.responseEnded) endResponse(exchange);
      return;
    }
  }
  if (at === end) return;
  exchange.responseQueue ??= new BodyQueue();
  exchange.responseQueue.push(chunk, at, end);
  recount(exchange);
}

/** The last event of a response: sent at once, or after what waits. */
export function deliverTrailers(exchange: ExchangeState, received: HeaderList, receivedFields: VolatileFields): void {
  const { stream } = exchange;
  const { trailers, grpcStatus } = trailerPlan(received);
  const fields = responseTrailerFields(receivedFields);
  exchange.grpcStatus = grpcStatus;
  if (exchange.responseQueue === null) {
    stream.sendTrailers(trailers, fields);
    endResponse(exchange);
    return;
  }
  exchange.responseTrailers = trailers;
  exchange.responseTrailerFields = fields;
  // The endpoint is done: its account is settled while the client still reads.
  exchange.attempt?.finish('ok');
  exchange.headBytes += trailers.bytes + fieldBytes(fields);
  recount(exchange);
}

/** The client can take more. */
export function flushResponse(exchange: ExchangeState): void {
  const queue = exchange.responseQueue;
  if (queue === null) return;
  const { stream, responseTrailers } = exchange;
  while (!queue.isEmpty) {
    const { chunk, start, end } = queue;
    const isLast = exchange.responseEnded && responseTrailers === null && queue.hasOne;
    const taken = stream.sendData(chunk, start, end, isLast);
    const upstream = exchange.attempt?.stream ?? null;
    if (upstream !== null && taken > 0) upstream.consumed(taken);
    if (!queue.take(taken)) break;
  }
  if (queue.isEmpty) exchange.responseQueue = null;
  recount(exchange);
  if (exchange.responseQueue !== null || !exchange.responseEnded || exchange.isFinished) return;
  if (responseTrailers !== null) {
    stream.sendTrailers(responseTrailers, exchange.responseTrailerFields);
  }
  endResponse(exchange);
}

/** END_STREAM went to the client. */
export function endResponse(exchange: ExchangeState): void {
  const { stream, httpStatus } = exchange;
  exchange.attempt?.finish(httpStatus >= 502 && httpStatus <= 504 ? 'failed' : 'ok');
  // The rest of the request is not wanted (RFC 9113 §8.1).
  if (!exchange.requestEnded && !stream.isClosed) stream.reset('done');
  exchange.finish(exchange.grpcStatus >= 0 ? exchange.grpcStatus : grpcStatusOfHttp(httpStatus));
}

/** What follows from a list of trailers. */
interface TrailerPlan {
  /** What the client gets. */
  readonly trailers: HeaderList;
  readonly grpcStatus: number;
}

const TRAILERS: MemoSlot<TrailerPlan> = new MemoSlot('trailers');

/** Made once per trailer list: calls that end alike share one. */
function trailerPlan(received: HeaderList): TrailerPlan {
  const known = TRAILERS.of(received);
  if (known !== undefined) return known;
  const plan = { trailers: responseTrailers(received), grpcStatus: statusOf(received) };
  TRAILERS.put(received, plan);
  return plan;
}

function withSession(exchange: ExchangeState, fields: VolatileFields): VolatileFields {
  const { decision, attempt, backend, session: known, owner } = exchange;
  const session = decision?.rule?.session ?? null;
  const endpoint = attempt?.endpoint ?? null;
  if (session === null || endpoint === null || backend === null) return fields;
  const { sessionKeys: keys, clock } = owner.serving;
  const place = { backend: backend.tag, endpoint: endpoint.key, isSecure: decision?.scope.proto === 'https' };
  const field = session.write(known, place, { keys, nowMs: clock.wallMs() });
  return field === null ? fields : [...(fields ?? []), ...field];
}
