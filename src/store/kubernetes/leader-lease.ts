// SPDX-License-Identifier: Apache-2.0

/**
 * One process of several leads: who holds a Lease (coordination.k8s.io/v1), by the rules and with the timings of Kubernetes' own
 * controllers, but that it is renewed half as often. A holder that does not renew is replaced; one that cannot renew stops leading before anybody takes over, for
 * RENEW_DEADLINE_MS is shorter than the lease. How long a lease of somebody else has stood is told by our own clock, from when we
 * saw it change, so clocks may differ.
 *
 *     following ──lease is free, or its holder is silent──► leading
 *         ▲                                                   │
 *         └───────── taken by another, or not renewed ────────┘
 */
import { messageOf } from '../../errors/index.ts';
import type { Clock, Random, Timer } from '../../time/index.ts';
import { mappingOf } from '../plain-object.ts';
import { type KubeClient, type KubeResponse, statusMessage } from './kube-client.ts';

/** A holder that is silent for so long is replaced. */
export const LEASE_DURATION_MS = 15_000;
/** A leader that could not renew for so long stops leading. */
export const RENEW_DEADLINE_MS = 10_000;
/**
 * A leader asks to renew it this long after it asked the last time, or when that is answered: an idle process does little else. Until the deadline three
 * tries are begun, after 4, 6 and 8 seconds, where each fails soon; one that gets no answer is given all six seconds that are left, for a server that is slow answers late.
 */
const RENEW_PERIOD_MS = 4_000;
/** After a try that failed; and who follows looks this often. */
const RETRY_PERIOD_MS = 2_000;
/** So that followers do not ask in step. */
const RETRY_JITTER = 0.2;

export interface LeaderLeaseParts {
  readonly client: Pick<KubeClient, 'request'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly namespace: string;
  readonly name: string;
  /** Names this process among those that share the lease. */
  readonly identity: string;
  onLeading(): void;
  /** Leads no longer, or does not begin to. `holder`: who does; '' when nobody is known to. */
  onFollowing(holder: string): void;
  /** The lease can be neither read nor written: told once until it can, and when the server's `status` is another. null: no answer. */
  onTrouble(message: string, status: number | null): void;
}

/** A lease as it was seen last. */
interface SeenLease {
  readonly spec: LeaseSpec;
  readonly resourceVersion: string;
  /** When it was seen to change. */
  readonly changedMs: number;
}

interface LeaseSpec {
  readonly holderIdentity: string;
  readonly leaseDurationSeconds: number;
  readonly acquireTime: string;
  readonly renewTime: string;
  readonly leaseTransitions: number;
}

type Outcome =
  /** `sinceMs`: when it was asked for; others may count from then on. */
  | { readonly kind: 'held'; readonly sinceMs: number }
  | { readonly kind: 'taken' }
  /** `status`: of the answer; null: there is none. */
  | { readonly kind: 'failed'; readonly status: number | null; readonly why: string };

export class LeaderLease {
  readonly #parts: LeaderLeaseParts;
  readonly #path: string;
  #seen: SeenLease | null = null;
  #isLeading = false;
  /** Whom we said we follow; null: nothing was said. */
  #told: string | null = null;
  /** undefined: all is well. */
  #trouble: number | null | undefined = undefined;
  #next: Timer | null = null;
  #deadline: Timer | null = null;
  #abort = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(parts: LeaderLeaseParts) {
    this.#parts = parts;
    this.#path = `/apis/coordination.k8s.io/v1/namespaces/${parts.namespace}/leases`;
  }

  get isLeading(): boolean {
    return this.#isLeading;
  }

  /** Who holds the lease, as far as is known; '' when nobody does. */
  get holder(): string {
    return this.#seen?.spec.holderIdentity ?? '';
  }

  start(): void {
    this.#running = this.#round();
  }

  /** Stops leading, and gives the lease back so that another need not wait. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#next?.cancel();
    this.#deadline?.cancel();
    this.#abort.abort(new Error('no longer wanted'));
    await this.#running;
    const wasLeading = this.#isLeading;
    this.#isLeading = false;
    const seen = this.#seen;
    if (!wasLeading || seen === null) return;
    const spec = { ...seen.spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: this.#now() };
    const late = new AbortController();
    const timer = this.#parts.clock.after(RETRY_PERIOD_MS, () => late.abort(new Error('no answer')));
    await this.#put(spec, seen.resourceVersion, late.signal).catch(() => undefined);
    timer.cancel();
  }

  async #round(): Promise<void> {
    const { signal } = this.#abort;
    // Who leads has a deadline that comes first. Who follows would else wait as long as a connection may be silent, and what is said so late is of no use.
    const late = this.#parts.clock.after(RENEW_DEADLINE_MS, () => this.#giveUp('no answer'));
    const outcome = await this.#try(signal).catch(
      (error: unknown): Outcome => ({ kind: 'failed', status: null, why: messageOf(error) }),
    );
    late.cancel();
    if (this.#isStopped) return;
    switch (outcome.kind) {
      case 'held':
        this.#lead(outcome.sinceMs);
        break;
      case 'taken':
        this.#follow(this.holder);
        break;
      case 'failed':
        if (outcome.status !== this.#trouble) this.#parts.onTrouble(outcome.why, outcome.status);
        this.#trouble = outcome.status;
        break;
    }
    if (outcome.kind !== 'failed') this.#trouble = undefined;
    this.#next = this.#parts.clock.after(this.#nextMs(outcome), () => this.start());
  }

  #nextMs(outcome: Outcome): number {
    const { clock, random } = this.#parts;
    if (!this.#isLeading) return RETRY_PERIOD_MS * (1 + RETRY_JITTER * random());
    // The deadline counts from the asking as well: where each answer is late, the time until then is no shorter.
    return outcome.kind === 'held' ? Math.max(0, outcome.sinceMs + RENEW_PERIOD_MS - clock.nowMs()) : RETRY_PERIOD_MS;
  }

  #lead(sinceMs: number): void {
    const { clock } = this.#parts;
    const leftMs = sinceMs + RENEW_DEADLINE_MS - clock.nowMs();
    // An answer that came so late says who held it then: it is asked for again before anybody leads.
    if (leftMs <= 0) return;
    this.#deadline?.cancel();
    this.#deadline = clock.after(leftMs, () => this.#expire());
    if (this.#isLeading) return;
    this.#isLeading = true;
    this.#told = null;
    this.#parts.onLeading();
  }

  /** Not renewed in time: nobody may think that we lead. */
  #expire(): void {
    this.#giveUp('not renewed');
    this.#follow('');
  }

  #giveUp(why: string): void {
    this.#abort.abort(new Error(`${why} within ${RENEW_DEADLINE_MS / 1_000} s`));
    this.#abort = new AbortController();
  }

  #follow(holder: string): void {
    this.#deadline?.cancel();
    this.#deadline = null;
    this.#isLeading = false;
    if (this.#told === holder) return;
    this.#told = holder;
    this.#parts.onFollowing(holder);
  }

  /** Renews or takes the lease where that may be done. `triesMore`: as often it is looked at again when somebody else wrote it. */
  async #try(signal: AbortSignal, triesMore = 1): Promise<Outcome> {
    const { client, clock, identity, name } = this.#parts;
    if (!this.#isLeading || this.#seen === null) {
      const read = await client.request({ method: 'GET', path: `${this.#path}/${name}`, signal });
      if (read.status === 404) return this.#create(signal);
      if (read.status !== 200 || !this.#see(read.json)) return failed(read);
    }
    const seen = this.#seen;
    if (seen === null) return NO_LEASE;
    const { holderIdentity, leaseDurationSeconds } = seen.spec;
    const isOurs = holderIdentity === identity;
    const isAlive = clock.nowMs() - seen.changedMs < leaseDurationSeconds * 1_000;
    if (!isOurs && holderIdentity !== '' && isAlive) return { kind: 'taken' };
    const sinceMs = clock.nowMs();
    const answer = await this.#put(this.#spec(isOurs ? seen.spec : null), seen.resourceVersion, signal);
    if (answer.status === 409 || answer.status === 404) {
      // Somebody else was faster, or took it away: look again before anything is said. What was not written is not renewed.
      this.#seen = null;
      return triesMore > 0 ? this.#try(signal, triesMore - 1) : failed(answer);
    }
    // 201: it was deleted meanwhile, and API servers make a Lease that is put.
    const isWritten = answer.status === 200 || answer.status === 201;
    return isWritten && this.#see(answer.json) ? { kind: 'held', sinceMs } : failed(answer);
  }

  async #create(signal: AbortSignal): Promise<Outcome> {
    const { client, clock, namespace, name } = this.#parts;
    const sinceMs = clock.nowMs();
    const body = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { namespace, name },
      spec: this.#spec(null),
    };
    const answer = await client.request({ method: 'POST', path: this.#path, body, signal });
    if (answer.status === 409) return { kind: 'taken' };
    return answer.status === 201 && this.#see(answer.json) ? { kind: 'held', sinceMs } : failed(answer);
  }

  #put(spec: LeaseSpec, resourceVersion: string, signal: AbortSignal): Promise<KubeResponse> {
    const { client, namespace, name } = this.#parts;
    const metadata = { namespace, name, resourceVersion };
    const body = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec };
    return client.request({ method: 'PUT', path: `${this.#path}/${name}`, body, signal });
  }

  /** `ours`: the lease that is renewed; null: it is taken. */
  #spec(ours: LeaseSpec | null): LeaseSpec {
    const now = this.#now();
    const transitions = this.#seen?.spec.leaseTransitions;
    return {
      holderIdentity: this.#parts.identity,
      leaseDurationSeconds: LEASE_DURATION_MS / 1_000,
      acquireTime: ours?.acquireTime ?? now,
      renewTime: now,
      leaseTransitions: ours?.leaseTransitions ?? (transitions === undefined ? 0 : transitions + 1),
    };
  }

  /** RFC 3339 with microseconds, as the API wants them. */
  #now(): string {
    return new Date(this.#parts.clock.wallMs()).toISOString().replace('Z', '000Z');
  }

  /** False: it is no Lease, but perhaps the page of a proxy. Without a version nothing could be written only where it is still so. */
  #see(json: unknown): boolean {
    const { metadata, spec } = mappingOf(json);
    const resourceVersion = textOf(mappingOf(metadata)['resourceVersion']);
    if (resourceVersion === '') return false;
    const read = mappingOf(spec);
    const next: LeaseSpec = {
      holderIdentity: textOf(read['holderIdentity']),
      leaseDurationSeconds: numberOf(read['leaseDurationSeconds'], LEASE_DURATION_MS / 1_000),
      acquireTime: textOf(read['acquireTime']),
      renewTime: textOf(read['renewTime']),
      leaseTransitions: numberOf(read['leaseTransitions'], 0),
    };
    const isSame = this.#seen !== null && JSON.stringify(this.#seen.spec) === JSON.stringify(next);
    const changedMs = isSame && this.#seen !== null ? this.#seen.changedMs : this.#parts.clock.nowMs();
    this.#seen = { spec: next, resourceVersion, changedMs };
    return true;
  }
}

function failed({ status, json }: KubeResponse): Outcome {
  if (status < 300) return { ...NO_LEASE, status };
  return { kind: 'failed', status, why: `${status} ${statusMessage(json)}`.trim() };
}

const NO_LEASE = { kind: 'failed', status: 200, why: 'what answers is no Lease' } as const satisfies Outcome;

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function numberOf(value: unknown, absent: number): number {
  return typeof value === 'number' ? value : absent;
}
