// SPDX-License-Identifier: Apache-2.0

import type { Socket } from 'node:net';
import type { Cluster } from '../../snapshot/index.ts';
import type {
  MessageConnection,
  MessageConnectionEvents,
  MessageEvents,
  MessageStream,
  StreamEnd,
} from '../../wire/index.ts';
import { SocketTransport, type TransportOwner } from '../io/index.ts';
import { openCodec } from './codec.ts';
import { type ConnectFailure, reasonOf } from './connect-failure.ts';
import { type ConnectionEnvironment, type ConnectionTarget, openSocket } from './connection-environment.ts';
import { ConnectionProof } from './connection-proof.ts';
import { DeadPeer } from './dead-peer.ts';
import { HeldEnds } from './held-ends.ts';
import { IdleTime } from './idle-time.ts';
import { Opening } from './opening.ts';
import type { UpstreamRequest } from './upstream-request.ts';

/** After we ended a connection, the peer has this long to end its side; for abandoned streams, which end with it, nobody lingers. */
const LINGER_MS = 5_000;
/** The lane that a connection belongs to. */
export interface ConnectionOwner {
  /** It takes streams: for the first time, or again after `onStalled`. */
  onConnected(connection: UpstreamConnection): void;
  /** The peer allows no streams now: it is as good as not connected. */
  onStalled(connection: UpstreamConnection): void;
  /** It may take streams again. */
  onCapacity(connection: UpstreamConnection): void;
  /** The peer ends the connection, left streams out and took this many. `onDraining` follows. */
  onLeftOut(taken: number): void;
  /** So many of its streams are abandoned that it should take no new ones. */
  onCrowded(connection: UpstreamConnection): void;
  /** Once, if it was open: it takes no new streams any more (the peer leaves, or it broke); those it has go on. `onClosed` follows. */
  onDraining(connection: UpstreamConnection): void;
  /** It carries one upgraded stream from now on, and nothing else. Who has it next: see `handOver`. */
  onDedicated(connection: UpstreamConnection): void;
  /** Last event. `failure`: why it was never open. */
  onClosed(connection: UpstreamConnection, failure: ConnectFailure | null): void;
}

/**
 * One connection to an endpoint. It takes streams once it is known how many the peer allows, and that is one at least: where
 * peers say so, a port that accepts and says nothing is a failed connect, and no stream is refused because the limit was not known.
 *
 *     connecting ──capacity──► open ──peer leaves, idle, endpoint removed──► draining ──no streams──► closed
 *       │   ▲                  │ │                                              ▲                      ▲
 *       │   └──capacity is 0───┘ └──socket gone─────────────────────────────────┼──────────────────────┤
 *       └──────────refused, timeout─────────────────────────────────────────────┴──────────────────────┘
 */
export class UpstreamConnection implements MessageConnectionEvents, TransportOwner {
  state: 'connecting' | 'open' | 'draining' | 'closed' = 'connecting';
  /** null until TCP is connected, and TLS on it if the endpoint is spoken to in TLS. */
  messages: MessageConnection | null = null;
  /** The peer speaks the version, and allowed streams. */
  wasOpen = false;
  /** Its lane has set it aside; written by the lane. */
  isAside = false;
  /** Its lane counts it among those that leave; written by the lane. */
  isLeaving = false;
  /** Whose the newest of its streams is: where a connection takes one at a time, who has it. Forgotten by `sweep` when none is open. null: nobody's in particular. */
  client: object | null = null;
  /** By which its end is judged. */
  readonly proof: ConnectionProof;
  readonly #environment: ConnectionEnvironment;
  #owner: ConnectionOwner;
  readonly #transport: SocketTransport;
  readonly #deadPeer: DeadPeer;
  readonly #idle: IdleTime;
  readonly #opening: Opening;
  readonly #heldEnds: HeldEnds;
  readonly #protocol: Cluster['protocol'];
  #endedAtMs: number | null = null;

  constructor(target: ConnectionTarget, owner: ConnectionOwner, environment: ConnectionEnvironment) {
    this.#environment = environment;
    this.#owner = owner;
    this.proof = new ConnectionProof(this, environment.clock);
    const nowMs = environment.clock.nowMs();
    this.#deadPeer = new DeadPeer(nowMs);
    this.#idle = new IdleTime(nowMs);
    const socket = openSocket(target, environment, null);
    this.#transport = new SocketTransport(socket, environment.loop, this);
    this.#opening = new Opening(environment.clock, target.connectTimeoutMs, () => this.#onTimeout());
    this.#heldEnds = new HeldEnds(environment, () => {
      if (this.state === 'open') this.#owner.onCrowded(this);
    });
    this.#protocol = target.protocol;
    this.#opening.wait();
    this.#opening.follow(socket, target.tls !== null, () => {
      environment.loop.refresh();
      this.#onConnect(socket);
    });
    socket.on('error', error => {
      environment.loop.refresh();
      this.#onError(error);
    });
    socket.once('close', () => {
      environment.loop.refresh();
      if (this.messages === null) this.#finish();
    });
  }

  /** Why it was never open, or ceased to be. */
  get failure(): ConnectFailure | null {
    return this.#opening.failure;
  }

  /** Streams that somebody still wants. */
  get liveStreams(): number {
    return this.messages?.liveStreams ?? 0;
  }

  /** null: there is no capacity now; `onCapacity` tells when to try again. Allocates only the stream. */
  openStream(request: UpstreamRequest): MessageStream | null {
    const stream = this.messages?.openStream(request) ?? null;
    if (stream !== null) {
      this.client = request.client;
      this.proof.used();
    }
    return stream;
  }

  /** Takes no new streams from here on; closes now when there are none, else when the last one ends (see `sweep`). */
  drain(): void {
    if (this.state === 'connecting' && !this.wasOpen) this.destroy();
    if (this.state === 'open' || this.state === 'connecting') this.state = 'draining';
    if (this.state === 'draining' && this.liveStreams === 0) this.#end();
  }

  /** Ends it at once; its streams are reset. */
  destroy(): void {
    this.#transport.destroy();
    if (!this.wasOpen) this.#finish();
  }

  /** About once a second: closes it when it is idle or drained, finds dead peers. `isShort`: others wait for a connection. */
  sweep(nowMs: number, isShort = false): void {
    const { messages } = this;
    if (messages === null || this.state === 'closed') return;
    if (this.#endedAtMs !== null) {
      if (messages.activeStreams > 0 || nowMs - this.#endedAtMs >= LINGER_MS) this.destroy();
      return;
    }
    if (messages.liveStreams === 0) this.client = null;
    const isIdle = this.#idle.isOver(messages, nowMs, isShort);
    if (isIdle || (this.state === 'draining' && messages.liveStreams === 0)) {
      this.proof.givenUp();
      this.#end();
      return;
    }
    const verdict = this.#deadPeer.check(this.#transport.bytesRead, messages.activeStreams > 0, nowMs);
    if (verdict === 'ping' && !messages.ping()) this.#deadPeer.cannotAsk();
    if (verdict === 'dead') this.destroy();
  }

  onOutput(): void {
    this.#transport.markDirty();
  }

  onCapacity(): void {
    if (this.state === 'open') this.#owner.onCapacity(this);
  }

  onPeerLimits(): void {
    const hasRoom = (this.messages?.capacity ?? 0) > 0;
    this.#opening.isStalled = !hasRoom;
    if (this.state === 'connecting' && hasRoom) this.#open();
    else if (this.state === 'open' && !hasRoom) {
      this.state = 'connecting';
      this.#opening.wait();
      this.#owner.onStalled(this);
    } else if (this.state === 'connecting') this.#owner.onStalled(this);
  }

  onGoingAway(taken: number | null): void {
    if (this.state === 'closed') return;
    if (!this.wasOpen) {
      this.#opening.fail('the backend ended its connection before it allowed a stream');
      this.destroy();
      return;
    }
    if (this.state === 'open' && taken !== null) this.#owner.onLeftOut(taken);
    if (this.state !== 'draining') this.proof.peerLeaves();
    this.#stopUsing();
    if (this.liveStreams === 0) this.#end();
  }

  onEndsHeld(): void {
    if (this.messages !== null) this.#heldEnds.hold(this.messages);
  }

  onDedicated(): void {
    if (this.state === 'open') this.state = 'draining';
    this.#owner.onDedicated(this);
  }

  /** `owner` has it from now on. */
  handOver(owner: ConnectionOwner): void {
    this.#owner = owner;
  }

  onOutputEnded(): void {
    this.#transport.shutOutput();
  }

  onInputWanted(wanted: boolean): void {
    this.#transport.wantInput(wanted);
  }

  onFinished(): void {
    this.#end();
  }

  onFatal({ reason }: StreamEnd, message: string): void {
    if (reason === 'cancelled' || reason === 'done' || reason === 'deadline') this.proof.givenUp();
    if (!this.wasOpen) this.#opening.fail(`the backend does not speak ${this.messages?.version}: ${message}`);
    this.#stopUsing();
    if (this.messages?.breaksAbruptly === true) this.#transport.break();
    else this.#end();
  }

  /** Servers do not open streams: the wire layer refuses it. */
  onStream(_stream: MessageStream): MessageEvents {
    throw new Error('a client connection got a request');
  }

  onTransportClosed(error: Error | null): void {
    if (!this.wasOpen)
      this.#opening.fail(`the backend's connection was ${error === null ? 'closed at once' : reasonOf(error)}`);
    this.#finish();
  }

  #onConnect(socket: Socket): void {
    this.messages = openCodec(this.#protocol, this, this.#environment);
    this.#transport.start(this.messages);
    // What a version says first waits to be taken.
    this.#transport.markDirty();
    // The peer closed its side: a stream opened before the socket is gone would be lost.
    socket.once('end', () => this.#stopUsing());
  }

  #open(): void {
    this.#opening.stop();
    this.state = 'open';
    const nowMs = this.#environment.clock.nowMs();
    this.#idle.begin(nowMs);
    if (!this.wasOpen) this.proof.opened(nowMs);
    this.wasOpen = true;
    this.#owner.onConnected(this);
  }

  /** Its streams go on if there are any: only new ones are not allowed. */
  #onTimeout(): void {
    if (this.wasOpen) this.#stopUsing();
    if (!this.wasOpen) this.destroy();
    else if (this.liveStreams === 0) this.#end();
  }

  #onError(error: Error): void {
    this.#stopUsing();
    if (this.messages === null) this.#opening.break(error);
  }

  #stopUsing(): void {
    if (this.state !== 'open' && !(this.state === 'connecting' && this.wasOpen)) return;
    this.#opening.stop();
    this.state = 'draining';
    this.#owner.onDraining(this);
  }

  #end(): void {
    if (this.#endedAtMs !== null || this.state === 'closed') return;
    this.#endedAtMs = this.#environment.clock.nowMs();
    this.#stopUsing();
    this.messages?.finishShutdown();
    this.#transport.shut();
  }

  #finish(): void {
    if (this.state === 'closed') return;
    this.#stopUsing();
    this.state = 'closed';
    this.#opening.stop();
    this.#heldEnds.drop();
    this.#owner.onClosed(this, this.wasOpen ? null : this.failure);
  }
}
