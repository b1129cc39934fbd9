// SPDX-License-Identifier: Apache-2.0

/**
 * How many client connections a worker has open, connections to endpoints that are theirs alone (tunnels) included, and who
 * goes when a new one comes at the cap:
 *
 * 1. the connection that has been without a request for longest (a tenth of a second at least): it loses nothing, and its
 *    client comes back when it needs to; or the stream of which one direction is over and nothing moved in the other for as
 *    long: who ended one is seldom there to read the other; or the stream that has waited as long for its endpoint;
 * 2. else, when half of the cap has not even said what it speaks, the oldest of those: that is an attack;
 * 3. else the new one, which is closed at once.
 *
 * Where clients are told apart, one that has its share (`ClientShares`) gets a new one only for its own that would go as the first.
 *
 * All are O(1). Sockets are accepted in any case: left in the kernel's queue they would wait without an end.
 */
import type { Socket } from 'node:net';
import { type IdleConnection, IdleList, type SocketLoop, unlink } from '../io/index.ts';
import type { RateLimitedLog } from '../log/index.ts';
import type { WorkerMetrics } from '../metrics/index.ts';
import { ClientShares } from './client-shares.ts';

/** A connection that was just opened or used is not taken for an idle one. Less than who opens them without an end needs to fill a worker. */
const MIN_IDLE_MS = 100;

export class ConnectionBudget {
  readonly max: number;
  /** Accepted, and not yet known to speak what the port takes, with who ends them; the oldest first. */
  readonly #early = new Map<Socket, object>();
  /** One listener for all sockets, which is called as a method of the socket. */
  readonly #onSocketClosed: (this: Socket) => void;
  readonly #idle = new IdleList<IdleConnection>();
  readonly #loop: SocketLoop;
  readonly #metrics: WorkerMetrics;
  readonly #log: RateLimitedLog;
  readonly #shares: ClientShares;
  #open = 0;

  constructor(
    max: number,
    parts: { readonly loop: SocketLoop; readonly metrics: WorkerMetrics; readonly log: RateLimitedLog },
  ) {
    this.max = max;
    this.#shares = new ClientShares(max);
    const budget = this;
    this.#onSocketClosed = function (this: Socket): void {
      budget.#release(this);
    };
    this.#loop = parts.loop;
    this.#metrics = parts.metrics;
    this.#log = parts.log;
    parts.metrics.values[parts.metrics.slot('daemun_downstream_connections_max', {})] = max;
  }

  /** Sockets that are open, and tunnels. */
  get open(): number {
    return this.#open;
  }

  /**
   * A socket was accepted. False: there is no room, close it. `owner`: for `destroyEarly`. `sharer`: the client by its address, where it
   * gets a share; null: it is not told from others.
   */
  take(socket: Socket, owner: object, sharer: string | null): boolean {
    if (!this.#enter(sharer, 'connections', 'connections are closed as they come: the cap of this worker is reached'))
      return false;
    this.#early.set(socket, owner);
    socket.on('close', this.#onSocketClosed);
    if (sharer !== null) socket.on('close', () => this.#shares.giveBack(sharer));
    return true;
  }

  /** A client's request, or its stream, wants a connection to an endpoint for itself. False: there is no room. `sharer`: as above. */
  takeTunnel(sharer: string | null): boolean {
    return this.#enter(
      sharer,
      'tunnels',
      'upgrades and streams are refused: the cap of connections of this worker is reached',
    );
  }

  /** That connection is not needed any more. `sharer`: as it was taken. */
  tunnelEnded(sharer: string | null): void {
    this.#open--;
    if (sharer !== null) this.#shares.giveBack(sharer);
  }

  /** What stands for all connections of `sharer`; null: it has none. */
  shareOf(sharer: string): object | null {
    return this.#shares.of(sharer);
  }

  /** A client's datagrams want a socket to an endpoint. False: there is no room; no connection goes for it. */
  takeSession(): boolean {
    if (this.#open >= this.max) return false;
    this.#open++;
    return true;
  }

  /** That socket is closed. */
  sessionEnded(): void {
    this.#open--;
  }

  /** It speaks what the port takes. */
  established(socket: Socket): void {
    this.#early.delete(socket);
  }

  /** Ends those of `owner` that are not known yet to speak what the port takes. */
  destroyEarly(owner: object): void {
    for (const [socket, other] of this.#early) if (other === owner) socket.destroy();
  }

  /** The connection has no request from now on, waits for its endpoint, or something moved in what is half over. */
  idle(connection: IdleConnection): void {
    connection.idleSinceMs = this.#loop.nowMs;
    this.#idle.touch(connection);
  }

  /** It has one that is not half over, has its endpoint, or is gone. No effect when it is not in the list. */
  busy(connection: IdleConnection): void {
    unlink(connection);
  }

  /** Node reports an `accept` that failed: mostly for want of descriptors. It goes on by itself. */
  acceptFailed(error: Error): void {
    this.#metrics.count('daemun_limit_hits_total', { limit: 'accept_failed' });
    this.#log.warn('accept-failed', 'a connection could not be accepted', { error: String(error) });
  }

  /** One more is open, if there is room. Else `limit` is hit. */
  #enter(sharer: string | null, limit: string, message: string): boolean {
    if (sharer !== null && this.#shares.isSpent(sharer, this.#open)) {
      if (!this.#makeIdleRoom(sharer)) {
        this.#hit('client_share', 'connections of a client are refused: it has its share of the cap of this worker');
        return false;
      }
    } else if (this.#open >= this.max && !this.#makeRoom()) {
      this.#hit(limit, message);
      return false;
    }
    this.#open++;
    if (sharer !== null) this.#shares.take(sharer);
    return true;
  }

  #release(socket: Socket): void {
    this.#open--;
    this.#early.delete(socket);
  }

  /** `client`: of this one alone; null: of whomever. */
  #makeIdleRoom(client: string | null): boolean {
    const { oldest } = this.#idle;
    if (oldest === null || this.#loop.nowMs - oldest.idleSinceMs < MIN_IDLE_MS) return false;
    if (client !== null && oldest.peerAddress !== client) return false;
    this.busy(oldest);
    oldest.makeRoom();
    this.#hit('connections_idle', 'idle connections are closed to make room: the cap of this worker is reached');
    return true;
  }

  #makeRoom(): boolean {
    if (this.#makeIdleRoom(null)) return true;
    if (this.#early.size * 2 <= this.max) return false;
    for (const socket of this.#early.keys()) {
      this.#early.delete(socket);
      socket.destroy();
      break;
    }
    this.#hit('connections_early', 'connections that say nothing are closed: they take half of the cap of this worker');
    return true;
  }

  #hit(limit: string, message: string): void {
    this.#metrics.count('daemun_limit_hits_total', { limit });
    this.#log.warn(limit, message, { connections: this.#open, max: this.max });
  }
}
