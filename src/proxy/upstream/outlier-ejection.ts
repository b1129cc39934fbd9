// SPDX-License-Identifier: Apache-2.0

import type { Clock, Timer } from '../../time/index.ts';
import type { EndpointPool } from './endpoint-pool.ts';

/** Failures in a row that take an endpoint out (Envoy's `consecutive_5xx`). */
export const EJECT_AFTER_FAILURES = 5;
/** The first ejection's length; the n-th in a row lasts n times as long … */
const BASE_EJECTION_MS = 30_000;
/** … up to this. */
const MAX_EJECTION_MS = 300_000;
/** An endpoint that behaved for this long after its return starts over. */
const FORGIVEN_AFTER_MS = 300_000;
/** At most this share of a cluster's endpoints is out at once: the rest must carry the load. */
const MAX_EJECTED_SHARE = 0.5;

interface Record {
  count: number;
  returnedAtMs: number;
  timer: Timer | null;
}

/**
 * Passive health: endpoints that keep failing get no streams for a while. Per worker, for each sees its own failures.
 * Owns one timer per endpoint that is out.
 */
export class OutlierEjection {
  readonly #clock: Clock;
  readonly #onChange: () => void;
  readonly #records = new Map<EndpointPool, Record>();

  /** `onChange`: an endpoint's `ejected` changed. */
  constructor(clock: Clock, onChange: () => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** Takes `endpoint`, one of `all`, out unless too many are. True when it did. */
  eject(endpoint: EndpointPool, all: ReadonlyMap<string, EndpointPool>): boolean {
    if (endpoint.ejected) return false;
    let out = 1;
    for (const other of all.values()) if (other.ejected) out += 1;
    if (out > all.size * MAX_EJECTED_SHARE) return false;
    const nowMs = this.#clock.nowMs();
    const record = this.#records.get(endpoint) ?? { count: 0, returnedAtMs: nowMs, timer: null };
    if (nowMs - record.returnedAtMs >= FORGIVEN_AFTER_MS) record.count = 0;
    record.count += 1;
    const lengthMs = Math.min(MAX_EJECTION_MS, record.count * BASE_EJECTION_MS);
    record.timer = this.#clock.after(lengthMs, () => this.#return(endpoint, record));
    this.#records.set(endpoint, record);
    endpoint.ejected = true;
    this.#onChange();
    return true;
  }

  /** The endpoint left the cluster. */
  forget(endpoint: EndpointPool): void {
    this.#records.get(endpoint)?.timer?.cancel();
    this.#records.delete(endpoint);
  }

  #return(endpoint: EndpointPool, record: Record): void {
    record.timer = null;
    record.returnedAtMs = this.#clock.nowMs();
    endpoint.ejected = false;
    endpoint.consecutiveFailures = 0;
    this.#onChange();
  }
}
