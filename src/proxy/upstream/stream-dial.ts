// SPDX-License-Identifier: Apache-2.0

import type { Socket } from 'node:net';
import type { ClusterPool } from './cluster-pool.ts';
import type { ConnectFailure } from './connect-failure.ts';
import type { CarriedStream, ConnectionEnvironment } from './connection-environment.ts';
import type { EndpointPool } from './endpoint-pool.ts';
import { MAX_TRIES } from './max-tries.ts';
import { Opening } from './opening.ts';
import type { OpenFailure } from './upstream-request.ts';

/** Who wants a connection for a stream of bytes. Exactly one of the last two is called, never before `begin` returned, unless it was cancelled. */
export interface StreamDialOwner {
  /** `socket` connects, so its own port is known; once for each try, before any of the two below. */
  onDialling(socket: Socket): void;
  /** `socket` is connected, in TLS where the cluster is spoken to so; nothing listens to it. `ClusterPool.streamEnded` must follow once. */
  onDialled(socket: Socket, endpoint: EndpointPool): void;
  /** Every try that is allowed was made. `message` is for people. */
  onDialFailed(failure: OpenFailure, message: string): void;
}

/** What an endpoint is chosen by, and told. */
export interface StreamAsked {
  /** As that of a request. */
  readonly hash: number;
  readonly stream: CarriedStream;
}

/**
 * Finds an endpoint of a cluster that takes a connection for one stream: at most `MAX_TRIES`, none twice. Owns the socket until it is
 * connected, and the timer that limits each try.
 */
export class StreamDial {
  readonly cluster: ClusterPool;
  readonly #hash: number;
  readonly #stream: CarriedStream;
  readonly #owner: StreamDialOwner;
  readonly #environment: Pick<ConnectionEnvironment, 'clock' | 'loop'>;
  /** Keys of the endpoints that were tried. */
  readonly #tried: string[] = [];
  #endpoint: EndpointPool | null = null;
  #socket: Socket | null = null;
  #opening: Opening | null = null;

  constructor(
    cluster: ClusterPool,
    owner: StreamDialOwner,
    { hash, stream, ...environment }: StreamAsked & Pick<ConnectionEnvironment, 'clock' | 'loop'>,
  ) {
    this.cluster = cluster;
    this.#owner = owner;
    this.#hash = hash;
    this.#stream = stream;
    this.#environment = environment;
  }

  /** Endpoints that were tried, the one under way included. */
  get attempts(): number {
    return this.#tried.length;
  }

  /** `address:port` of the last one; null: there was none. */
  get endpoint(): string | null {
    return this.#tried.at(-1) ?? null;
  }

  /** Begins the first try; `failure` undefined then. */
  begin(failure?: ConnectFailure): void {
    const endpoint = this.#tried.length < MAX_TRIES ? this.cluster.takeUntried(this.#hash, this.#tried) : undefined;
    if (endpoint === undefined) {
      this.#giveUp(failure);
      return;
    }
    this.#tried.push(endpoint.key);
    this.#endpoint = endpoint;
    this.#opening = new Opening(this.#environment.clock, endpoint.connectTimeoutMs, this.#onTimeout);
    this.#opening.wait();
    const socket = endpoint.dialStream(this.#stream);
    this.#socket = socket;
    this.#opening.follow(socket, endpoint.tls !== null, () => {
      this.#environment.loop.refresh();
      this.#succeed();
    });
    socket.on('error', this.#onError);
    socket.on('close', this.#onClose);
    // Node connects in the next tick.
    process.nextTick(() => {
      if (this.#socket === socket) this.#owner.onDialling(socket);
    });
  }

  /** Nobody wants it any more; nothing is called back. */
  cancel(): void {
    const endpoint = this.#endpoint;
    const socket = this.#release();
    socket?.on('error', ignore).destroy();
    if (endpoint !== null) this.cluster.streamEnded(endpoint, null);
  }

  /** Another turn: the owner is told of nothing before it knows this dial. */
  #giveUp(failure: ConnectFailure | undefined): void {
    const { kind, message } = failure ?? NO_ENDPOINT;
    queueMicrotask(() => {
      if (this.#endpoint === null) this.#owner.onDialFailed(kind, message);
    });
  }

  readonly #onError = (error: Error): void => {
    this.#environment.loop.refresh();
    this.#opening?.break(error);
  };

  readonly #onClose = (): void => this.#fail();

  readonly #onTimeout = (): void => {
    this.#socket?.destroy();
    this.#fail();
  };

  #succeed(): void {
    const endpoint = this.#endpoint;
    const socket = this.#release();
    if (socket === null || endpoint === null) return;
    this.cluster.answered(endpoint);
    this.#owner.onDialled(socket, endpoint);
  }

  #fail(): void {
    const endpoint = this.#endpoint;
    const opening = this.#opening;
    if (endpoint === null || opening === null) return;
    opening.fail("the backend's connection was closed at once");
    this.#release()?.on('error', ignore);
    const failure = opening.failure as ConnectFailure;
    this.cluster.streamEnded(endpoint, failure);
    this.begin(failure);
  }

  /** The try is over. */
  #release(): Socket | null {
    const socket = this.#socket;
    this.#opening?.stop();
    this.#opening = null;
    this.#socket = null;
    this.#endpoint = null;
    socket?.off('error', this.#onError);
    socket?.off('close', this.#onClose);
    return socket;
  }
}

const NO_ENDPOINT = { kind: 'no_endpoint', message: 'the backend has no ready endpoint' } as const;

/** What breaks a socket that is given up says nothing. */
function ignore(): void {}
