// SPDX-License-Identifier: Apache-2.0

/** One client's connection: makes an exchange per stream, knows where requests are decided, and for how long a client may owe something. */
import type { Socket } from 'node:net';
import type {
  CodecAnswer,
  HeaderList,
  MessageConnection,
  MessageConnectionEvents,
  MessageEvents,
  MessageStream,
  StreamEnd,
} from '../../wire/index.ts';
import {
  type ClientIdentity,
  checkIdle,
  Exchange,
  type ExchangeOwner,
  type ExchangeState,
  type Scope,
  type Serving,
} from '../http/index.ts';
import {
  clientAddressOf,
  clientPortOf,
  type IdleConnection,
  type IdleEntry,
  SocketTransport,
  type TrafficCounters,
  type TransportOwner,
} from '../io/index.ts';
import { countRefusedStream, tellBroken, tellRefusedHead } from './client-faults.ts';
import { identityOf } from './client-identity.ts';
import { clientsOf, type EnteredListener } from './client-rules.ts';
import { openCodec } from './codec.ts';
import type { ConnectionBudget } from './connection-budget.ts';
import { ConnectionMemory, type MemoryOwner } from './connection-memory.ts';
import type { Admitted } from './entrance-owner.ts';
import { OrderlyConnection } from './orderly-connection.ts';
import { HEAD_TIMEOUT_MS, OwedInput } from './owed-input.ts';
import { UnfinishedCalls } from './unfinished-calls.ts';

/** A connection without streams is ended after this. */
const IDLE_TIMEOUT_MS = 3_600_000;

/** The listening socket's side of its connections. */
export interface DownstreamServer {
  readonly serving: Serving;
  /** Grows when the binding changes: scopes of an older generation are stale. */
  readonly generation: number;
  readonly traffic: TrafficCounters;
  readonly budget: ConnectionBudget;
  /**
   * Where requests are decided for connections of a peer that entered through a listener; null: cleartext. `current`: where they were so far,
   * which stays so where the peer's connections are no longer taken for requests.
   */
  scopeOf(entered: EnteredListener | null, peerAddress: string, current: Scope | null): Scope;
  /** Whose share of the budget a client's places count to; null: clients of the binding are not told apart. Always the same. */
  sharerOf(peerAddress: string): string | null;
  /** `clientNamespace`: as in `Entrance` of its scope. */
  requestStarted(clientNamespace: string | null): void;
  requestEnded(): void;
  connectionClosed(connection: DownstreamConnection): void;
}

export class DownstreamConnection
  extends OrderlyConnection
  implements MessageConnectionEvents, ExchangeOwner, TransportOwner, MemoryOwner, IdleConnection
{
  readonly serving: Serving;
  readonly peerAddress: string;
  readonly peerPort: number;
  readonly client: object;
  identity: ClientIdentity | null;
  /** The listener that the TLS server name chose; null: cleartext. */
  readonly entered: EnteredListener | null;
  isCut = false;
  idleNext: IdleEntry | null = null;
  idlePrevious: IdleEntry | null = null;
  idleSinceMs = 0;
  readonly #server: DownstreamServer;
  protected readonly messages: MessageConnection;
  protected readonly transport: SocketTransport;
  #scope: Scope;
  #scopeGeneration: number;
  #lastActiveMs: number;
  readonly #owedInput = new OwedInput();
  readonly #unfinished: UnfinishedCalls;
  readonly memory: ConnectionMemory;
  /** Who the client proved to be when it came; told while it would be asked. */
  readonly #proven: ClientIdentity | null;

  constructor(socket: Socket, server: DownstreamServer, { spoken, entered, first }: Admitted) {
    super();
    const { serving } = server;
    this.serving = serving;
    this.#server = server;
    this.entered = entered;
    this.peerAddress = clientAddressOf(socket);
    this.peerPort = clientPortOf(socket);
    const sharer = server.sharerOf(this.peerAddress);
    this.client = (sharer === null ? null : server.budget.shareOf(sharer)) ?? this;
    this.#proven = identityOf(socket, entered);
    this.identity = this.#proven;
    this.#lastActiveMs = serving.loop.nowMs;
    this.#unfinished = new UnfinishedCalls(serving.loop.nowMs);
    this.memory = new ConnectionMemory(serving.memory, this);
    this.#scopeGeneration = server.generation;
    this.#scope = server.scopeOf(entered, this.peerAddress, null);
    this.messages = openCodec(spoken, this, serving, this.#scope.mark.proto);
    server.budget.idle(this);
    this.transport = new SocketTransport(socket, serving.loop, this, server.traffic);
    const listener = entered?.id ?? null;
    if (serving.debug.isOn) serving.debug.say('client connected', { client: this.peerAddress, listener });
    this.transport.markDirty();
    this.transport.start(this.messages, first);
    serving.loop.connectionTimers.arm(this, serving.loop.nowMs + HEAD_TIMEOUT_MS);
  }

  get version(): MessageConnection['version'] {
    return this.messages.version;
  }

  /** Requests in progress. */
  get activeRequests(): number {
    return this.active;
  }

  /** Asked for when the rules change too: a connection that waits for hours would keep those alive that it came under. */
  scope(): Scope {
    if (this.#scopeGeneration !== this.#server.generation) {
      this.#scopeGeneration = this.#server.generation;
      this.#scope = this.#server.scopeOf(this.entered, this.peerAddress, this.#scope);
      this.identity = isAsked(this.#scope) ? this.#proven : null;
    }
    return this.#scope;
  }

  /** The gateway has no more time: ends at once. Requests in progress are told so, cut, and counted before this returns. */
  cut(): void {
    this.isCut = true;
    for (const { events } of this.messages.listStreams()) if (events instanceof Exchange) events.cut();
    this.messages.close('lost');
    this.transport.flush();
    this.destroy();
  }

  takeTunnel(): boolean {
    return this.#server.budget.takeTunnel(this.#server.sharerOf(this.peerAddress));
  }

  tunnelEnded(): void {
    this.#server.budget.tunnelEnded(this.#server.sharerOf(this.peerAddress));
  }

  tunnelHalfOver(): void {
    if (this.active === 1) this.#server.budget.idle(this);
  }

  /** Another connection needs its place, and it has no request, or a tunnel that is half over. */
  makeRoom(): void {
    for (const { events } of this.messages.listStreams()) if (events instanceof Exchange) events.makeRoom();
    this.messages.finishShutdown();
    this.transport.flush();
    this.destroy();
  }

  onStream(stream: MessageStream): MessageEvents {
    return new Exchange(this, stream);
  }

  onOutput(): void {
    this.transport.markDirty();
  }

  onPeerLimits(): void {
    this.#owedInput.isStarted = true;
  }

  onCapacity(): void {}

  onInputWanted(wanted: boolean): void {
    this.transport.wantInput(wanted);
  }

  onOutputEnded(): void {
    this.transport.shutOutput();
  }

  onRefusedHead(why: 'oversized' | 'malformed', partial: HeaderList, answer?: CodecAnswer): void {
    tellRefusedHead(this, why, { partial, answer });
  }

  onRefusedStream(): void {
    countRefusedStream(this.serving);
  }

  onFatal(end: StreamEnd, message: string): void {
    tellBroken(this, this.messages, { ...end, message });
    if (this.messages.breaksAbruptly) this.transport.break();
    else this.end();
  }

  exchangeStarted(): void {
    this.active++;
    if (this.idleNext !== null) this.#server.budget.busy(this);
    this.#server.requestStarted(this.#scope.mark.clientNamespace);
  }

  exchangeEnded(): void {
    this.active--;
    if (this.active === 0 && this.state !== 'closed') this.#server.budget.idle(this);
    this.#lastActiveMs = this.serving.loop.nowMs;
    this.#unfinished.ended(this.#lastActiveMs);
    this.#server.requestEnded();
    if (this.active === 0) this.endIfTold();
  }

  get isRestless(): boolean {
    return this.#unfinished.isRestless;
  }

  leftUnfinished(): void {
    this.#unfinished.unfinished();
  }

  held(exchange: ExchangeState, change: number): void {
    this.memory.held(exchange, change);
  }

  onUnreadOutput(change: number): void {
    this.memory.add(change);
  }

  onHeldInput(change: number): void {
    this.memory.add(change);
  }

  /** The worker has no room: what is only kept to be quick goes before anybody's requests do. */
  measureOutput(): void {
    this.messages.rest();
    this.transport.measure();
  }

  endForMemory(): void {
    for (const { events } of this.messages.listStreams()) if (events instanceof Exchange) events.overflow();
    this.messages.breakOff('overload', 'the gateway is short of memory, and this connection holds most of it');
    this.destroy();
  }

  onTimer(nowMs: number): void {
    if (this.state === 'ending') {
      this.linger(nowMs);
      return;
    }
    if (this.isAskedToLeave) this.tellToLeave();
    else if (this.#isStalled()) {
      this.serving.metrics.count('daemun_limit_hits_total', { limit: 'request_head_timeout' });
      // Its other calls end with it, by its own doing: they were not cancelled.
      this.messages.close('protocol');
      this.destroy();
      return;
    } else if (this.state === 'open' && this.active === 0 && nowMs - this.#lastActiveMs >= IDLE_TIMEOUT_MS) {
      this.serving.metrics.count('daemun_limit_hits_total', { limit: 'idle_timeout' });
      this.drain();
    }
    if (this.active > 0) this.#checkStreams(nowMs);
    else if (nowMs - this.#lastActiveMs >= HEAD_TIMEOUT_MS) this.messages.rest();
    if (this.wheelNext === null) this.serving.loop.connectionTimers.arm(this, nowMs + HEAD_TIMEOUT_MS);
  }

  onTransportClosed(): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    const { debug, loop } = this.serving;
    loop.connectionTimers.disarm(this);
    this.memory.leave();
    if (debug.isOn) {
      const { bytesRead, bytesWritten } = this.transport;
      debug.say('client connection closed', { client: this.peerAddress, bytesRead, bytesWritten });
    }
    this.#server.budget.busy(this);
    this.#server.connectionClosed(this);
  }

  #isStalled(): boolean {
    const { partialHeadId, isInputPartial } = this.messages;
    const { bytesRead } = this.transport;
    return this.#owedInput.isOverdue({ partialHeadId, isInputPartial, bytesRead, hasRequests: this.active > 0 });
  }

  #checkStreams(nowMs: number): void {
    for (const { events } of this.messages.listStreams()) if (events instanceof Exchange) checkIdle(events, nowMs);
  }
}

/** Clients are asked who they are. */
function isAsked({ entered }: Scope): boolean {
  return entered !== null && clientsOf(entered.listener) !== null;
}
