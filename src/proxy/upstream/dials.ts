// SPDX-License-Identifier: Apache-2.0

import type { Clock, Random, Timer } from '../../time/index.ts';
import { ConnectBackoff } from './connect-backoff.ts';
import type { ConnectFailure } from './connect-failure.ts';
import type { UpstreamConnection } from './upstream-connection.ts';

/** A connect that takes longer is not waited for while other endpoints are connected. */
const SLOW_CONNECT_MS = 250;
/** Connects to one endpoint under way at once: a listening socket with a short queue drops what is beyond, and the sender waits a second. */
export const MAX_DIALS = 16;

/** A request waits for it, or asked for it; or none does, and some may soon. */
export type DialUse = 'request' | 'upkeep';

/** The lane that is dialled for. */
export interface DialsOwner {
  /** What is under way takes long. */
  onSlow(): void;
  /** The wait that `mayBegin` or `failed` spoke of is over. */
  onDue(): void;
}

/**
 * The connects of one lane: whether another one may begin, and how long those under way are waited for. Several at once, so that a crowd at an
 * endpoint whose connections take one request each does not stand behind as many round trips; one, while the endpoint is failing.
 *
 * Owns two timers: the next dial, and the patience with those under way.
 */
export class Dials {
  readonly #owner: DialsOwner;
  readonly #environment: { readonly clock: Clock; readonly random: Random };
  /** Between two of them. */
  readonly #spacingMs: number;
  readonly #backoff: ConnectBackoff = new ConnectBackoff();
  readonly #underWay = new Set<UpstreamConnection>();
  /** Begun since the last failure that counted: what fails of those before it says nothing new. */
  readonly #sinceFailure = new Set<UpstreamConnection>();
  #due: Timer | null = null;
  #slow: Timer | null = null;
  #isSlow = false;

  constructor(owner: DialsOwner, spacingMs: number, environment: { readonly clock: Clock; readonly random: Random }) {
    this.#owner = owner;
    this.#spacingMs = spacingMs;
    this.#environment = environment;
  }

  get areUnderWay(): boolean {
    return this.#underWay.size > 0;
  }

  /** Those under way take long. */
  get areSlow(): boolean {
    return this.#isSlow;
  }

  /** Nothing was of use since the last failure. */
  get areFailing(): boolean {
    return this.#backoff.failure !== null;
  }

  /** Why a request should not wait for a dial now; null: it may. */
  get refusal(): ConnectFailure | null {
    return this.#backoff.requestWaitMs(this.#environment.clock.nowMs()) > 0 ? this.#backoff.failure : null;
  }

  /** Whether one more may begin now, when `wanted` are; `onDue` follows when it would merely be too soon. */
  mayBegin(wanted: number, use: DialUse): boolean {
    const most = this.#backoff.failure === null ? MAX_DIALS : 1;
    if (this.#underWay.size >= Math.min(wanted, most)) return false;
    const nowMs = this.#environment.clock.nowMs();
    const waitMs = use === 'request' ? this.#backoff.requestWaitMs(nowMs) : this.#backoff.waitMs(nowMs);
    if (waitMs > 0) this.#schedule(waitMs);
    return waitMs === 0;
  }

  begin(connection: UpstreamConnection): void {
    this.#backoff.pause(this.#environment.clock.nowMs() + this.#spacingMs);
    this.stop();
    this.#slow ??= this.#startPatience();
    this.#underWay.add(connection);
    this.#sinceFailure.add(connection);
  }

  /** It is connected, or gone before it was. */
  ended(connection: UpstreamConnection, isConnected: boolean): void {
    if (!this.#underWay.delete(connection) || (!isConnected && this.areUnderWay)) return;
    this.#isSlow = false;
    this.#slow?.cancel();
    this.#slow = this.areUnderWay ? this.#startPatience() : null;
  }

  has(connection: UpstreamConnection): boolean {
    return this.#underWay.has(connection);
  }

  /** Those under way take long: they are not waited for. */
  slow(): void {
    this.#isSlow = true;
    this.#owner.onSlow();
  }

  /** A connect failed, or a connection ended before it was of use. */
  failed(connection: UpstreamConnection, failure: ConnectFailure): void {
    const nowMs = this.#environment.clock.nowMs();
    if (this.#sinceFailure.has(connection)) {
      this.#sinceFailure.clear();
      this.#backoff.fail(failure, nowMs, this.#environment.random());
    }
    if (!this.areUnderWay) this.#schedule(this.#backoff.waitMs(nowMs));
  }

  /** What failed before is forgotten. */
  renew(): void {
    this.stop();
    this.#backoff.succeed();
    this.#sinceFailure.clear();
  }

  /** A connection was of use. */
  succeeded(): void {
    this.#backoff.succeed();
  }

  /** Nothing is kept of a connection that closed. */
  forget(connection: UpstreamConnection): void {
    this.#sinceFailure.delete(connection);
  }

  /** None begins by itself. */
  stop(): void {
    this.#due?.cancel();
    this.#due = null;
  }

  #startPatience(): Timer {
    return this.#environment.clock.after(SLOW_CONNECT_MS, () => this.slow());
  }

  #schedule(waitMs: number): void {
    this.stop();
    this.#due = this.#environment.clock.after(waitMs, () => {
      this.#due = null;
      this.#owner.onDue();
    });
  }
}
