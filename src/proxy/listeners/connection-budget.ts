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
 * All three are O(1). Sockets are accepted in any case: left in the kernel's queue they would wait without an end.
 */
import type { Socket } from 'node:net';
import { type IdleConnection, IdleList, type SocketLoop, unlink } from '../io/index.ts';
import type { RateLimitedLog } from '../log/index.ts';
import type { WorkerMetrics } from '../metrics/index.ts';

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
  #open = 0;

  constructor(
    max: number,
    parts: { readonly loop: SocketLoop; readonly metrics: WorkerMetrics; readonly log: RateLimitedLog },
  ) {
    this.max = max;
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

  /** A socket was accepted. False: there is no room, close it. `owner`: for `destroyEarly`. */
  take(socket: Socket, owner: object): boolean {
    if (!this.#enter('connections', 'connections are closed as they come: the cap of this worker is reached'))
      return false;
    this.#early.set(socket, owner);
    socket.on('close', this.#onSocketClosed);
    return true;
  }

  /** A client's request, or its stream, wants a connection to an endpoint for itself. False: there is no room. */
  takeTunnel(): boolean {
    return this.#enter('tunnels', 'upgrades and streams are refused: the cap of connections of this worker is reached');
  }

  /** That connection is not needed any more. */
  tunnelEnded(): void {
    this.#open--;
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
  #enter(limit: string, message: string): boolean {
    if (this.#open >= this.max && !this.#makeRoom()) {
      this.#hit(limit, message);
      return false;
    }
    this.#open++;
    return true;
  }

  #release(socket: Socket): void {
    this.#open--;
    this.#early.delete(socket);
  }

  #makeRoom(): boolean {
    const { oldest } = this.#idle;
    if (oldest !== null && this.#loop.nowMs - oldest.idleSinceMs >= MIN_IDLE_MS) {
      this.busy(oldest);
      oldest.makeRoom();
      this.#hit('connections_idle', 'idle connections are closed to make room: the cap of this worker is reached');
      return true;
    }
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
