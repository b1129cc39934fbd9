// SPDX-License-Identifier: Apache-2.0

import type { Socket } from 'node:net';
import type { Timer } from '../../time/index.ts';
import {
  type ConnectionEvents,
  DEFAULT_HTTP2_LIMITS,
  ErrorCode,
  Http2Connection,
  type Http2Limits,
  type Http2Stream,
  type StreamEvents,
} from '../../wire/index.ts';
import { SocketTransport, type TransportOwner } from '../http/socket-transport.ts';
import { type ConnectFailure, reasonOf } from './connect-failure.ts';
import type { ConnectionEnvironment } from './connection-environment.ts';
import { DeadPeer } from './dead-peer.ts';

/** A connection without streams is closed after this. Long: a new one costs its first request a round trip. */
const IDLE_CLOSE_MS = 300_000;
/** After we ended a connection, the peer has this long to end its side. */
const LINGER_MS = 5_000;
/** A connection that lived this long was worth its connect, even if it answered nothing. */
const PROVEN_AFTER_MS = 20_000;
/** Resets that are held back are looked at this often. */
const RESET_PACE_MS = 100;
/**
 * What a response's header block may be as it comes: one that is too large costs its own stream only, as long as a block ends.
 * A backend is trusted with more of it than a client, for all clients share its connection.
 */
const LIMITS: Http2Limits = { ...DEFAULT_HTTP2_LIMITS, maxContinuationFrames: 128, maxHeaderBlockBytes: 1_048_576 };

/** The lane that a connection belongs to. */
export interface ConnectionOwner {
  /** It takes streams: for the first time, or again after `onStalled`. */
  onConnected(connection: UpstreamConnection): void;
  /** The peer allows no streams (MAX_CONCURRENT_STREAMS is 0): it is as good as not connected. */
  onStalled(connection: UpstreamConnection): void;
  /** It may take streams again. */
  onCapacity(connection: UpstreamConnection): void;
  /** The peer's GOAWAY left streams out and took this many. `onDraining` follows. */
  onLeftOut(taken: number): void;
  /** So many of its streams are abandoned that it should take no new ones. */
  onCrowded(connection: UpstreamConnection): void;
  /** Once, if it was open: it takes no new streams any more (GOAWAY or broken); those it has go on. `onClosed` follows. */
  onDraining(connection: UpstreamConnection): void;
  /** Last event. `failure`: why it was never open. */
  onClosed(connection: UpstreamConnection, failure: ConnectFailure | null): void;
}

/**
 * One HTTP/2 connection to an endpoint. It takes streams once the peer's SETTINGS are here and allow one: a port that accepts
 * and says nothing is a failed connect, and no stream is refused because its limit was not known yet.
 *
 *     connecting ──SETTINGS──► open ──GOAWAY, idle, endpoint removed──► draining ──no streams──► closed
 *       │   ▲                  │ │                                         ▲                      ▲
 *       │   └──────limit is 0──┘ └──socket gone────────────────────────────┼──────────────────────┤
 *       └──────────refused, timeout────────────────────────────────────────┴──────────────────────┘
 */
export class UpstreamConnection implements ConnectionEvents, TransportOwner {
  state: 'connecting' | 'open' | 'draining' | 'closed' = 'connecting';
  /** null until TCP is connected. */
  http2: Http2Connection | null = null;
  /** The peer's SETTINGS came: it speaks HTTP/2, and how many streams it allows is known. */
  wasOpen = false;
  readonly #environment: ConnectionEnvironment;
  readonly #owner: ConnectionOwner;
  readonly #transport: SocketTransport;
  readonly #deadPeer: DeadPeer;
  readonly #connectTimeoutMs: number;
  #timeout: Timer | null = null;
  #resetTimer: Timer | null = null;
  /** Why it was never open, or ceased to be. */
  failure: ConnectFailure | null = null;
  #openedAtMs = 0;
  #busyAtMs: number;
  #endedAtMs: number | null = null;

  constructor(
    target: { readonly address: string; readonly port: number; readonly connectTimeoutMs: number },
    owner: ConnectionOwner,
    environment: ConnectionEnvironment,
  ) {
    this.#environment = environment;
    this.#owner = owner;
    this.#busyAtMs = environment.clock.nowMs();
    this.#deadPeer = new DeadPeer(this.#busyAtMs);
    const socket = environment.dial(target.address, target.port);
    this.#transport = new SocketTransport(socket, environment.loop, this);
    this.#connectTimeoutMs = target.connectTimeoutMs;
    this.#startTimeout();
    const { loop } = environment;
    socket.once('connect', () => {
      loop.refresh();
      this.#onConnect(socket);
    });
    socket.on('error', error => {
      loop.refresh();
      this.#onError(error);
    });
    socket.once('close', () => {
      loop.refresh();
      this.#onConnectClosed();
    });
  }

  /** Streams that somebody still wants. */
  get liveStreams(): number {
    return this.http2?.liveStreams ?? 0;
  }

  /** It was of use: a stream ended in order, or it has been there for long. */
  get isProven(): boolean {
    if (this.http2 === null || !this.wasOpen) return false;
    return this.http2.endedStreams > 0 || this.#environment.clock.nowMs() - this.#openedAtMs >= PROVEN_AFTER_MS;
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

  /** About once a second: closes it when it is idle or drained, finds dead peers. */
  sweep(nowMs: number): void {
    const http2 = this.http2;
    if (http2 === null || this.state === 'closed') return;
    if (this.#endedAtMs !== null) {
      // Abandoned streams end with it: there is nothing to linger for.
      if (http2.activeStreams > 0 || nowMs - this.#endedAtMs >= LINGER_MS) this.destroy();
      return;
    }
    if (http2.liveStreams > 0) this.#busyAtMs = nowMs;
    if (http2.liveStreams === 0 && (this.state === 'draining' || nowMs - this.#busyAtMs >= IDLE_CLOSE_MS)) {
      this.#end();
      return;
    }
    const verdict = this.#deadPeer.check(this.#transport.bytesRead, http2.activeStreams > 0, nowMs);
    if (verdict === 'ping') http2.ping();
    if (verdict === 'dead') this.destroy();
  }

  onOutput(): void {
    this.#transport.markDirty();
  }

  onCapacity(): void {
    if (this.state === 'open') this.#owner.onCapacity(this);
  }

  onSettings(): void {
    const hasRoom = (this.http2?.peer.maxConcurrentStreams ?? 0) > 0;
    if (this.state === 'connecting' && hasRoom) this.#open();
    else if (this.state === 'open' && !hasRoom) {
      this.state = 'connecting';
      this.#startTimeout();
      this.#owner.onStalled(this);
    } else if (this.state === 'connecting') this.#owner.onStalled(this);
  }

  onGoaway(_errorCode: number, lastStreamId: number): void {
    const http2 = this.http2;
    if (http2 === null || this.state === 'closed') return;
    if (!this.wasOpen) {
      this.#fail('the backend ended its connection before it allowed a stream');
      this.destroy();
      return;
    }
    if (this.state === 'open' && lastStreamId < http2.lastOwnId) this.#owner.onLeftOut((lastStreamId + 1) >> 1);
    this.#stopUsing();
    if (this.liveStreams === 0) this.#end();
  }

  onResetsHeld(): void {
    this.#checkCrowd();
    this.#resetTimer ??= this.#environment.clock.after(RESET_PACE_MS, () => this.#sendResets());
  }

  onFatal(_errorCode: number, message: string): void {
    if (!this.wasOpen) this.#fail(`the backend does not speak HTTP/2: ${message}`);
    this.#stopUsing();
    this.#end();
  }

  /** Servers do not open streams: push is off, and the wire layer refuses it. */
  onStream(_stream: Http2Stream): StreamEvents {
    throw new Error('a client connection got a request');
  }

  onTransportClosed(error: Error | null): void {
    if (!this.wasOpen)
      this.#fail(`the backend's connection was ${error === null ? 'closed at once' : reasonOf(error)}`);
    this.#finish();
  }

  #onConnect(socket: Socket): void {
    this.http2 = new Http2Connection({
      role: 'client',
      events: this,
      limits: LIMITS,
      lists: this.#environment.lists,
      time: this.#environment.loop,
    });
    this.#transport.start(this.http2);
    // The preface waits to be taken.
    this.#transport.markDirty();
    // The peer closed its side: a stream opened before the socket is gone would be lost.
    socket.once('end', () => this.#stopUsing());
  }

  #startTimeout(): void {
    this.#timeout?.cancel();
    this.#timeout = this.#environment.clock.after(this.#connectTimeoutMs, () => this.#onTimeout());
  }

  #open(): void {
    this.#timeout?.cancel();
    this.#timeout = null;
    this.state = 'open';
    this.#busyAtMs = this.#environment.clock.nowMs();
    if (!this.wasOpen) this.#openedAtMs = this.#busyAtMs;
    this.wasOpen = true;
    this.#owner.onConnected(this);
  }

  /** Its streams go on if there are any: only new ones are not allowed. */
  #onTimeout(): void {
    this.#timeout = null;
    const isStalled = this.http2?.peer.maxConcurrentStreams === 0;
    const what = isStalled ? 'the backend allowed no stream' : 'no connection to the backend';
    const message = `${what} within ${this.#connectTimeoutMs} ms`;
    this.failure = { kind: 'connect_timeout', message, stage: this.http2 === null ? 'unreached' : 'accepted' };
    if (!this.wasOpen) {
      this.destroy();
      return;
    }
    this.#stopUsing();
    if (this.liveStreams === 0) this.#end();
  }

  #sendResets(): void {
    this.#resetTimer = null;
    this.#environment.loop.refresh();
    this.http2?.sendHeldResets();
    if (this.http2?.hasHeldResets === true && this.state !== 'closed') this.onResetsHeld();
    else this.#checkCrowd();
  }

  #checkCrowd(): void {
    if (this.http2?.isCrowded === true && this.state === 'open') this.#owner.onCrowded(this);
  }

  #onError(error: Error): void {
    this.#stopUsing();
    if (this.http2 === null) this.#fail(`could not connect to the backend: ${reasonOf(error)}`);
  }

  /** The first reason counts. */
  #fail(message: string): void {
    this.failure ??= { kind: 'connect_failure', message, stage: this.http2 === null ? 'unreached' : 'accepted' };
  }

  #onConnectClosed(): void {
    if (this.http2 === null) this.#finish();
  }

  #stopUsing(): void {
    if (this.state !== 'open' && !(this.state === 'connecting' && this.wasOpen)) return;
    this.#timeout?.cancel();
    this.state = 'draining';
    this.#owner.onDraining(this);
  }

  #end(): void {
    if (this.#endedAtMs !== null || this.state === 'closed') return;
    this.#endedAtMs = this.#environment.clock.nowMs();
    this.#stopUsing();
    this.http2?.goaway(ErrorCode.NO_ERROR);
    this.#transport.end();
  }

  #finish(): void {
    if (this.state === 'closed') return;
    this.#stopUsing();
    this.state = 'closed';
    this.#timeout?.cancel();
    this.#resetTimer?.cancel();
    this.#owner.onClosed(this, this.wasOpen ? null : this.failure);
  }
}
