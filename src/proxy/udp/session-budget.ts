// SPDX-License-Identifier: Apache-2.0

/**
 * How many sessions a worker may have on all its bindings, and who goes when a new one comes at the cap:
 *
 * 1. of the binding that has most: the longest idle of the clients that may be spoofed, for a flood of made-up addresses is
 *    just that, and a question and its answer are soon over;
 * 2. else its longest idle client, if that said nothing for a second;
 * 3. else the datagram of the new client is dropped.
 */
import type { RateLimitedLog } from '../log/index.ts';
import type { WorkerMetrics } from '../metrics/index.ts';
import type { SessionTable } from './session-table.ts';
import type { UdpSession } from './udp-session.ts';

/** Of the sockets that a worker may have for clients, sessions take this share at most: the rest is for connections. */
const SESSION_SHARE = 1 / 4;
/** However many descriptors there are: sockets that are not bound to an address have 28,232 ports to send from by default. */
const MAX_SESSIONS = 16_384;
/** Of all sessions of a worker, one client address has this share at most on each binding; its first one makes room. Many clients may share an address (NAT). */
const ADDRESS_SHARE = 1 / 4;
/** A client that sent something just now is not taken for an idle one. */
const MIN_IDLE_MS = 1_000;

/** A binding, as the budget sees it. */
export interface SessionHolder {
  readonly sessions: SessionTable;
  /** Ends a session because another one needs its place. */
  evict(session: UdpSession): void;
}

/** Where each session's socket is counted, together with connections. */
export interface SocketBudget {
  readonly max: number;
  takeSession(): boolean;
  sessionEnded(): void;
}

export class SessionBudget {
  readonly max: number;
  readonly maxPerAddress: number;
  readonly #sockets: SocketBudget;
  readonly #metrics: WorkerMetrics;
  readonly #log: RateLimitedLog;
  /** Slots of counters, by limit: in a flood each datagram hits one. */
  readonly #hits = new Map<string, number>();
  readonly #holders = new Set<SessionHolder>();
  #open = 0;

  constructor(sockets: SocketBudget, reports: { readonly metrics: WorkerMetrics; readonly log: RateLimitedLog }) {
    this.max = Math.max(1, Math.min(MAX_SESSIONS, Math.floor(sockets.max * SESSION_SHARE)));
    this.maxPerAddress = Math.max(1, Math.floor(this.max * ADDRESS_SHARE));
    this.#sockets = sockets;
    this.#metrics = reports.metrics;
    this.#log = reports.log;
  }

  join(holder: SessionHolder): void {
    this.#holders.add(holder);
  }

  leave(holder: SessionHolder): void {
    this.#holders.delete(holder);
  }

  /** Room for one more session of `address`. False: there is none. */
  take(holder: SessionHolder, { address, nowMs }: { readonly address: string; readonly nowMs: number }): boolean {
    if (holder.sessions.countOf(address) >= this.maxPerAddress) {
      const first = holder.sessions.firstOf(address);
      if (first !== undefined) holder.evict(first);
      this.#hit('udp_address_sessions');
    }
    const hasRoom = this.#open < this.max && this.#sockets.takeSession();
    if (!hasRoom) {
      this.#hit('udp_sessions');
      if (!this.#makeRoom(nowMs) || !this.#sockets.takeSession()) return this.#refuse();
    }
    this.#open++;
    return true;
  }

  /** A session ended. */
  release(): void {
    this.#open--;
    this.#sockets.sessionEnded();
  }

  #makeRoom(nowMs: number): boolean {
    let largest: SessionHolder | null = null;
    for (const holder of this.#holders) if (holder.sessions.size > (largest?.sessions.size ?? 0)) largest = holder;
    if (largest === null) return false;
    const { oldestUnconfirmed, oldestConfirmed } = largest.sessions;
    const evicted =
      oldestUnconfirmed ??
      (oldestConfirmed !== null && nowMs - oldestConfirmed.lastMs >= MIN_IDLE_MS ? oldestConfirmed : null);
    if (evicted === null) return false;
    largest.evict(evicted);
    return true;
  }

  /** Worth a word: that old sessions make room for new ones is nothing unusual where questions are short. */
  #refuse(): false {
    const fields = { sessions: this.#open, max: this.max };
    this.#log.warn('udp_sessions', 'datagrams of new clients are dropped: the cap of this worker is reached', fields);
    return false;
  }

  #hit(limit: string): void {
    let slot = this.#hits.get(limit);
    if (slot === undefined) {
      slot = this.#metrics.slot('daemun_limit_hits_total', { limit });
      this.#hits.set(limit, slot);
    }
    const { values } = this.#metrics;
    values[slot] = (values[slot] as number) + 1;
  }
}
