// SPDX-License-Identifier: Apache-2.0

import { connect, type Socket } from 'node:net';
import {
  type ConnectionEvents,
  DEFAULT_HTTP2_LIMITS,
  ErrorCode,
  type HeaderListPool,
  Http2Connection,
  type Http2Stream,
  type StreamEvents,
} from '../../wire/index.ts';
import type { Clock, Timer } from '../clock.ts';
import type { SocketLoop } from '../http/socket-loop.ts';
import { SocketTransport, type TransportOwner } from '../http/socket-transport.ts';
import { DeadPeer } from './dead-peer.ts';

/** A connection without streams is closed after this. Long: a new one costs its first request a round trip. */
const IDLE_CLOSE_MS = 300_000;
/** After we ended a connection, the peer has this long to end its side. */
const LINGER_MS = 5_000;
/** TCP keepalive: frees what a vanished peer left behind on connections without traffic. */
const KEEPALIVE_MS = 60_000;

/** What every connection of a worker shares. */
export interface ConnectionEnvironment {
  readonly loop: SocketLoop;
  readonly lists: HeaderListPool;
  readonly clock: Clock;
  /** Begins a TCP connect. */
  readonly dial: (address: string, port: number) => Socket;
}

/** Opens a socket to an IP address, without Nagle's delay. */
export function dialTcp(host: string, port: number): Socket {
  return connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEPALIVE_MS });
}

export interface ConnectFailure {
  readonly kind: 'connect_failure' | 'connect_timeout';
  /** One line for people; names no address. */
  readonly message: string;
}

/** The endpoint that a connection belongs to. */
export interface ConnectionOwner {
  onConnected(connection: UpstreamConnection): void;
  /** It may take streams again. */
  onCapacity(connection: UpstreamConnection): void;
  /** It takes no new streams any more (GOAWAY or broken); those it has go on. `onClosed` follows. */
  onDraining(connection: UpstreamConnection): void;
  /** Last event. `failure`: why it was never open. */
  onClosed(connection: UpstreamConnection, failure: ConnectFailure | null): void;
}

/**
 * One HTTP/2 connection to an endpoint. It takes streams once the peer's SETTINGS are here: a port that accepts and says
 * nothing is a failed connect, and no stream is refused because its limit was not known yet.
 *
 *     connecting ──SETTINGS──► open ──GOAWAY, idle, endpoint removed──► draining ──no streams──► closed
 *          └──refused, timeout──────────────────────┴──socket gone──────────────────────────────▲
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
  #timeout: Timer | null;
  #failure: ConnectFailure | null = null;
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
    this.#timeout = environment.clock.after(target.connectTimeoutMs, () => this.#onTimeout(target.connectTimeoutMs));
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

  /** Streams that are open now. */
  get activeStreams(): number {
    return this.http2?.activeStreams ?? 0;
  }

  /** Takes no new streams from here on; closes now when there are none, else when the last one ends (see `sweep`). */
  drain(): void {
    if (this.state === 'connecting') this.destroy();
    if (this.state === 'open') this.state = 'draining';
    if (this.state === 'draining' && this.activeStreams === 0) this.#end();
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
      if (nowMs - this.#endedAtMs >= LINGER_MS) this.destroy();
      return;
    }
    if (http2.activeStreams > 0) this.#busyAtMs = nowMs;
    if (http2.activeStreams === 0 && (this.state === 'draining' || nowMs - this.#busyAtMs >= IDLE_CLOSE_MS)) {
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
    if (this.state !== 'connecting') return;
    this.#timeout?.cancel();
    this.#timeout = null;
    this.state = 'open';
    this.wasOpen = true;
    this.#busyAtMs = this.#environment.clock.nowMs();
    this.#owner.onConnected(this);
  }

  onGoaway(): void {
    this.#stopUsing();
    if (this.activeStreams === 0) this.#end();
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
      limits: DEFAULT_HTTP2_LIMITS,
      lists: this.#environment.lists,
    });
    this.#transport.start(this.http2);
    // The preface waits to be taken.
    this.#transport.markDirty();
    // The peer closed its side: a stream opened before the socket is gone would be lost.
    socket.once('end', () => this.#stopUsing());
  }

  #onTimeout(afterMs: number): void {
    this.#failure = { kind: 'connect_timeout', message: `no connection to the backend within ${afterMs} ms` };
    this.destroy();
  }

  #onError(error: Error): void {
    this.#stopUsing();
    if (this.http2 === null) this.#fail(`could not connect to the backend: ${reasonOf(error)}`);
  }

  /** The first reason counts. */
  #fail(message: string): void {
    this.#failure ??= { kind: 'connect_failure', message };
  }

  #onConnectClosed(): void {
    if (this.http2 === null) this.#finish();
  }

  #stopUsing(): void {
    if (this.state !== 'open') return;
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
    this.state = 'closed';
    this.#timeout?.cancel();
    this.#owner.onClosed(this, this.#failure);
  }
}

function reasonOf(error: Error): string {
  const code = 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ECONNREFUSED':
      return 'connection refused';
    case 'ECONNRESET':
      return 'connection reset';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'no route to it';
    case 'ETIMEDOUT':
      return 'timed out';
    default:
      return typeof code === 'string' ? code : 'connection failed';
  }
}
