// SPDX-License-Identifier: Apache-2.0

/** The request's body on its way to the endpoint: forward at once, queue what is not taken, keep what a retry needs. */
import type { HeaderList, MessageStream, VolatileFields } from '../../wire/index.ts';
import { BodyQueue, fieldBytes } from '../io/index.ts';
import { recount } from './exchange-memory.ts';
import type { ExchangeState } from './exchange-state.ts';
import { requestTrailerFields, requestTrailers } from './trailer-fields.ts';

/** Kept for a retry at most; a request that has sent more is not tried again. */
const MAX_REPLAY_BYTES = 65_536;
/** A first slice up to this is copied beside others': `EXCHANGE_BYTES` covers it. */
const SMALL_COPY_BYTES = 2048;

/** Takes `chunk[start, end)` from the client; `exchange.requestEnded` says whether more follows. */
export function forwardRequestData(exchange: ExchangeState, chunk: Buffer, start: number, end: number): void {
  if (exchange.mirrors !== null)
    for (const mirror of exchange.mirrors) mirror.data(chunk, start, end, exchange.requestEnded);
  const upstream = exchange.attempt?.stream ?? null;
  let at = start;
  if (upstream !== null && exchange.requestQueue === null) {
    at += send(exchange, upstream, chunk, start, end, exchange.requestEnded);
    if (at === end) {
      if (exchange.replayBytes > 0) recount(exchange);
      return;
    }
  }
  if (at === end) return;
  exchange.requestQueue ??= new BodyQueue();
  exchange.requestQueue.push(chunk, at, end);
  recount(exchange);
}

/** Takes the request's trailers; gRPC has none, HTTP may. */
export function forwardRequestTrailers(exchange: ExchangeState, trailers: HeaderList, fields: VolatileFields): void {
  exchange.requestTrailers = requestTrailers(trailers);
  exchange.requestTrailerFields = requestTrailerFields(fields);
  if (exchange.mirrors !== null) for (const mirror of exchange.mirrors) mirror.end();
  exchange.headBytes += trailers.bytes + fieldBytes(fields);
  recount(exchange);
  if (!exchange.isFinished) flushRequest(exchange);
}

/** Sends what waits: the stream is open now, or can take more. */
export function flushRequest(exchange: ExchangeState): void {
  const upstream = exchange.attempt?.stream ?? null;
  if (upstream === null) return;
  const queue = exchange.requestQueue;
  if (queue !== null) {
    while (!queue.isEmpty) {
      const { chunk, start, end } = queue;
      const taken = send(exchange, upstream, chunk, start, end, exchange.requestEnded && queue.hasOne);
      if (!queue.take(taken)) break;
    }
    if (queue.isEmpty) exchange.requestQueue = null;
    recount(exchange);
    if (exchange.requestQueue !== null || exchange.isFinished) return;
  }
  const trailers = exchange.requestTrailers;
  if (trailers !== null) upstream.sendTrailers(trailers, exchange.requestTrailerFields);
}

function send(
  exchange: ExchangeState,
  upstream: MessageStream,
  chunk: Buffer,
  start: number,
  end: number,
  isLast: boolean,
): number {
  const endStream = isLast && exchange.requestTrailers === null;
  const taken = upstream.sendData(chunk, start, end, endStream);
  if (taken > 0) {
    giveBack(exchange, taken);
    if (exchange.isReplayable) keepForReplay(exchange, chunk, start, start + taken);
  }
  return taken;
}

/** Opens the client's window again; not for bytes that were sent before, to another endpoint. */
function giveBack(exchange: ExchangeState, taken: number): void {
  const again = Math.min(taken, exchange.rewoundBytes);
  exchange.rewoundBytes -= again;
  if (taken > again) exchange.stream.consumed(taken - again);
}

function keepForReplay(exchange: ExchangeState, chunk: Buffer, start: number, end: number): void {
  const held = exchange.replayEnd - exchange.replayStart + (exchange.replayRest?.bytes ?? 0);
  if (held + end - start > MAX_REPLAY_BYTES) {
    releaseReplay(exchange);
    recount(exchange);
    return;
  }
  if (exchange.replayChunk === null) {
    keepFirst(exchange, chunk, start, end);
    return;
  }
  exchange.replayRest ??= new BodyQueue();
  const before = exchange.replayRest.cost;
  exchange.replayRest.push(chunk, start, end);
  exchange.replayBytes += exchange.replayRest.cost - before;
}

/** The whole body of a usual call. It stays until the answer begins. */
function keepFirst(exchange: ExchangeState, chunk: Buffer, start: number, end: number): void {
  const length = end - start;
  if (length <= SMALL_COPY_BYTES) {
    const { copies } = exchange.owner.serving;
    exchange.replayStart = copies.add(chunk, start, end);
    exchange.replayEnd = exchange.replayStart + length;
    exchange.replayChunk = copies.chunk;
  } else {
    const queue = new BodyQueue();
    queue.push(chunk, start, end);
    exchange.replayChunk = queue.chunk;
    exchange.replayStart = queue.start;
    exchange.replayEnd = queue.end;
    exchange.replayBytes = queue.cost;
  }
}

/** The caller recounts when bytes were charged. From here on the request cannot be sent again: the endpoint answers, or too much was sent. */
export function releaseReplay(exchange: ExchangeState): void {
  exchange.isReplayable = false;
  exchange.replayChunk = null;
  exchange.replayRest = null;
  exchange.replayBytes = 0;
}

/** Puts what was sent back in front of what waits, for another endpoint. It was consumed already: only the cap counts it. */
export function rewindRequest(exchange: ExchangeState): void {
  const { replayChunk, replayStart, replayEnd, replayRest, requestQueue } = exchange;
  if (replayChunk === null) return;
  const queue = new BodyQueue();
  queue.push(replayChunk, replayStart, replayEnd);
  if (replayRest !== null) queue.append(replayRest);
  // What a try before had not sent again yet is still at the head of `requestQueue`.
  exchange.rewoundBytes += queue.bytes;
  if (requestQueue !== null) queue.append(requestQueue);
  exchange.requestQueue = queue.isEmpty ? null : queue;
  exchange.replayChunk = null;
  exchange.replayRest = null;
  exchange.replayBytes = 0;
  recount(exchange);
}
