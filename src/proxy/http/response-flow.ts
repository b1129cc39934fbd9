// SPDX-License-Identifier: Apache-2.0

/** The response on its way to the client: head with filters, data at the client's pace, trailers, and the end. */

import { fieldOf, type HeaderList, type MessageStream, type VolatileFields, withoutFields } from '../../wire/index.ts';
import type { Face } from '../faces/index.ts';
import { changeFields } from '../filters/index.ts';
import { verdictOnStatus } from '../upstream/index.ts';
import type { CompiledBackend } from './compiled-rule.ts';
import { STALLED_STREAM_MS } from './deadlines.ts';
import { recount } from './exchange-memory.ts';
import type { ExchangeState } from './exchange-state.ts';
import { shortenedList } from './shortened-list.ts';
import { responseTrailerFields, responseTrailers } from './trailer-fields.ts';
import { UnwantedRest } from './unwanted-rest.ts';
import { withVia } from './via.ts';

const isLength = (name: string): boolean => name === 'content-length';

export function deliverHead(
  exchange: ExchangeState,
  head: HeaderList,
  fields: VolatileFields,
  endStream: boolean,
): void {
  // An endpoint answers, so a backend was chosen.
  const backend = exchange.backend as CompiledBackend;
  const plan = backend.response;
  const response = plan.headOf(head);
  const { loop } = exchange.owner.serving;
  let sent = plan.fieldsOf(fields, loop.nowMs - exchange.startedMs - exchange.openedAfterMs);
  if (fields !== null && !response.face.passesLength && !endStream) sent = withoutFields(sent, isLength);
  if (exchange.face.saysDate && !response.listsDate) sent = withDate(exchange, sent);
  if (exchange.owner.serving.via !== null) sent = withOurVia(exchange, exchange.owner.serving.via, sent);
  if (backend.session !== null) sent = withSession(exchange, sent);
  if (exchange.responseFields !== null) sent = joined(sent, exchange.responseFields);
  exchange.responseStarted = true;
  exchange.trace?.answered(head, fields);
  exchange.responseFace = response.face;
  exchange.call?.onResponse(response.face);
  exchange.outcome.http = response.httpStatus;
  exchange.outcome.grpc = response.statusFor(exchange.face);
  const { responseChange: change, stream } = exchange;
  if (change === null) {
    sendHead(stream, response.list, sent, endStream);
  } else {
    const { list, fields: changed } = changeFields(
      { list: response.list, fields: sent },
      change,
      exchange.owner.serving.lists,
    );
    sendHead(stream, list, changed, endStream);
  }
  if (endStream) endResponse(exchange);
}

function sendHead(stream: MessageStream, list: HeaderList, fields: VolatileFields, endStream: boolean): void {
  const shortened = endStream && !stream.takesList(list, fields) ? shortenedList(stream, list, fields) : null;
  if (shortened === null) stream.sendHead(list, fields, endStream);
  else stream.sendHead(shortened, null, true);
}

function joined(fields: VolatileFields, more: readonly string[]): VolatileFields {
  return fields === null ? more : [...fields, ...more];
}

/** The endpoint's own stays. */
function withDate({ owner: { serving } }: ExchangeState, fields: VolatileFields): VolatileFields {
  if (fieldOf(fields, 'date') !== undefined) return fields;
  const date = serving.date.text(serving.loop.nowMs);
  return fields === null ? ['date', date] : [...fields, 'date', date];
}

function withOurVia({ attempts }: ExchangeState, name: string, fields: VolatileFields): VolatileFields {
  const endpoint = attempts.current?.stream ?? null;
  return endpoint === null ? fields : withVia(fields, name, endpoint.version);
}

/** The last event of a response: sent at once, or after what waits. */
export function deliverTrailers(exchange: ExchangeState, received: HeaderList, receivedFields: VolatileFields): void {
  const { face, response, stream } = exchange;
  const plan = trailerPlan(received, face);
  const fields = responseTrailerFields(receivedFields);
  exchange.outcome.grpc = plan.face === face ? plan.status : face.statusIn(received);
  const shortened = stream.takesList(plan.trailers, fields) ? null : shortenedList(stream, plan.trailers, fields);
  if (shortened === null) response.finish(plan.trailers, fields);
  else response.finish(shortened, null);
  if (response.isWaiting) {
    // The endpoint is done: its account is settled while the client still reads.
    exchange.attempts.current?.finish('ok');
    recount(exchange);
    return;
  }
  response.flush(stream);
  endResponse(exchange);
}

/** The client can take more. */
export function flushResponse(exchange: ExchangeState): void {
  const { response } = exchange;
  if (!response.isWaiting) return;
  const isOut = response.flush(exchange.stream);
  recount(exchange);
  if (isOut && response.ended && !exchange.isFinished) endResponse(exchange);
}

/** END_STREAM went to the client. */
export function endResponse(exchange: ExchangeState): void {
  const { attempts, owner, stream, outcome, tunnel } = exchange;
  if (tunnel !== null && tunnel.state === 'open' && !exchange.request.isDone) {
    const endpoint = attempts.current?.stream ?? null;
    if (endpoint !== null) {
      owner.tunnelHalfOver();
      awaitTaking(exchange);
      return;
    }
  }
  const httpStatus = outcome.http;
  attempts.current?.finish(verdictOnStatus(httpStatus));
  if (!exchange.request.ended && !stream.isClosed) dropRest(exchange);
  exchange.finish(outcome.grpc ?? exchange.face.statusOfHttp(httpStatus));
}

/**
 * Of a tunnel whose client has said and got all, an endpoint may have to take something yet. The client's connection may be over, and does not
 * look at that any more.
 */
export function awaitTaking({ deadlines, owner, request }: ExchangeState): void {
  const { loop } = owner.serving;
  if (request.ended) deadlines.arm('half-over', loop, loop.nowMs + STALLED_STREAM_MS);
}

/** The rest of the request is not wanted (RFC 9113 §8.1). HTTP/1.1 sees by itself to what its connection still brings. */
function dropRest({ face, owner, request, stream }: ExchangeState): void {
  if (face.readsWhileSending || !stream.isShared) {
    stream.reset('done');
    return;
  }
  new UnwantedRest(stream, owner.serving.loop);
  request.discard();
}

/** What follows from a list of trailers. */
class TrailerPlan {
  /** What the client gets. */
  readonly trailers: HeaderList;
  /** What they say to requests of this face. */
  readonly face: Face;
  readonly status: number | null;

  constructor(received: HeaderList, face: Face) {
    this.trailers = responseTrailers(received);
    this.face = face;
    this.status = face.statusIn(received);
  }
}

/** Made once per trailer list: calls that end alike share one. */
function trailerPlan(received: HeaderList, face: Face): TrailerPlan {
  if (received.memo instanceof TrailerPlan) return received.memo;
  const plan = new TrailerPlan(received, face);
  received.memo = plan;
  return plan;
}

/** `fields` with the cookie or the header of the session, when the backend keeps any. */
export function withSession(exchange: ExchangeState, fields: VolatileFields): VolatileFields {
  const { decision, attempts, backend, session: known, owner } = exchange;
  const session = backend?.session ?? null;
  const endpoint = attempts.current?.endpoint ?? null;
  if (session === null || endpoint === null || backend === null) return fields;
  const { sessionKeys: keys, clock } = owner.serving;
  const place = { backend: backend.tag, endpoint: endpoint.key, isSecure: decision?.proto === 'https' };
  const field = session.write(known, place, { keys, nowMs: clock.wallMs() });
  return field === null ? fields : [...(fields ?? []), ...field];
}
