// SPDX-License-Identifier: Apache-2.0

/** An upgrade from its request to its end: see `Tunnel`. */
import type { Random } from '../../time/index.ts';
import {
  goingAway,
  type HeaderList,
  type MessageStream,
  PONG,
  type VolatileFields,
  withoutFields,
} from '../../wire/index.ts';
import { HTTP } from '../faces/index.ts';
import { changeFields } from '../filters/index.ts';
import type { BodyPipe } from '../io/index.ts';
import { upgradesFull } from './answers.ts';
import type { CompiledBackend } from './compiled-rule.ts';
import { recount } from './exchange-memory.ts';
import type { ExchangeState } from './exchange-state.ts';
import { awaitTaking, endResponse, withSession } from './response-flow.ts';
import { Tunnel } from './tunnel.ts';

const MASK_BYTES = 4;
/** To close a WebSocket in order takes a round trip; whether the client is gone is asked when that is over. */
const HALF_OVER_MS = 1_000;
const isLength = (name: string): boolean => name === 'content-length';

/** The request asks for an upgrade. False: there is no room for one, and that was answered. */
export function askForTunnel(exchange: ExchangeState, protocol: string): boolean {
  const { owner } = exchange;
  if (!owner.takeTunnel()) {
    exchange.answer(upgradesFull());
    return false;
  }
  exchange.detour().tunnel = new Tunnel(protocol, owner.serving.metrics);
  return true;
}

/** The endpoint granted it. */
export function openTunnel(exchange: ExchangeState, tunnel: Tunnel, head: HeaderList, fields: VolatileFields): void {
  // An endpoint answers, so a backend was chosen.
  const { response: plan } = exchange.backend as CompiledBackend;
  const { loop, metrics } = exchange.owner.serving;
  const afterMs = loop.nowMs - exchange.startedMs;
  let sent = withoutFields(plan.fieldsOf(fields, afterMs - exchange.openedAfterMs), isLength);
  if (exchange.backend?.session != null) sent = withSession(exchange, sent);
  tunnel.state = 'open';
  if (exchange.attempts.current?.stream?.isShared === true) {
    tunnel.isCounted = false;
    exchange.owner.tunnelEnded();
  }
  exchange.deadlines.disarmAll(loop);
  exchange.request.releaseReplay();
  exchange.responseStarted = true;
  exchange.responseFace = HTTP;
  exchange.outcome.http = exchange.stream.grantStatus;
  exchange.call?.close(afterMs / 1000);
  exchange.call = tunnel;
  metrics.add('daemun_downstream_tunnels', {}, 1);
  const answer = { list: plan.headOf(head).list, fields: sent };
  const { responseChange: change } = exchange;
  const { list, fields: changed } =
    change === null ? answer : changeFields(answer, change, exchange.owner.serving.lists);
  exchange.stream.upgrade(list, changed);
  recount(exchange);
}

/** Ends the exchange when both directions are over. */
export function endTunnel(exchange: ExchangeState): void {
  const { request, response, tunnel } = exchange;
  if (tunnel?.state !== 'open') return;
  if (response.isDone) {
    if (request.isDone) endResponse(exchange);
    else awaitTaking(exchange);
    return;
  }
  if (!request.isDone) return;
  const { loop } = exchange.owner.serving;
  exchange.owner.tunnelHalfOver();
  if (!exchange.stream.isShared) exchange.deadlines.arm('half-over', loop, loop.nowMs + HALF_OVER_MS);
}

/**
 * The endpoint is gone. True: it had sent all, so that nothing is to be answered. A tunnel ends with it when the client has that: what the client
 * says, or has said to its end, is for nobody, and if its connection is over too, nothing else would end it.
 */
export function endIfAllCame(exchange: ExchangeState): boolean {
  const { response, tunnel } = exchange;
  if (!response.ended) return false;
  if (tunnel?.state === 'open' && response.isDone) endResponse(exchange);
  return true;
}

/** Of a tunnel whose client gets no more: an endpoint that is waited for would keep a descriptor. */
export function resetEndpoint({ attempts }: ExchangeState): void {
  attempts.current?.stream?.reset('deadline');
}

/**
 * The client ended its direction a while ago, and is mostly gone altogether, which TCP does not say: its kernel answers for it for a minute, unless it
 * gets something. A pong that nobody asked for is that (RFC 6455 §5.5.3): who is there may ignore it.
 */
export function tellHalfOver({ response, stream, tunnel }: ExchangeState): void {
  if (tunnel?.toClient?.isHere === true && isClear(response)) say(stream, PONG, false);
}

/**
 * Tells both sides of a WebSocket that we go away, where we may speak: between two frames, to who takes what is sent. `isLast`: and nothing
 * follows. False: nobody was told.
 */
export function sayGoodbye(exchange: ExchangeState, { isLast }: { readonly isLast: boolean }): boolean {
  const { attempts, owner, request, response, stream, tunnel } = exchange;
  if (tunnel === null || tunnel.state !== 'open' || tunnel.isLeaving) return false;
  tunnel.isLeaving = true;
  const toClient = tunnel.toClient?.isHere === true && isClear(response) ? stream : null;
  const toEndpoint = tunnel.toEndpoint?.isHere === true && isClear(request) ? (attempts.current?.stream ?? null) : null;
  const isClientTold = say(toClient, goingAway(null), isLast);
  const isEndpointTold = say(toEndpoint, goingAway(newMask(owner.serving.random)), isLast);
  return isClientTold || isEndpointTold;
}

/** All that came was sent, and more may come. */
function isClear(pipe: BodyPipe): boolean {
  return !pipe.isWaiting && !pipe.ended;
}

function say(stream: MessageStream | null, frame: Buffer, isLast: boolean): boolean {
  return stream !== null && stream.sendData(frame, 0, frame.length, isLast) === frame.length;
}

function newMask(random: Random): Buffer {
  return Buffer.from(Array.from({ length: MASK_BYTES }, () => Math.floor(random() * 256)));
}
