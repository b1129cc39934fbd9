// SPDX-License-Identifier: Apache-2.0

/**
 * Endpoints of clusters whose backends are host names, as Envoy's STRICT_DNS: every address of every name is an endpoint.
 * Runs in the main thread, once for all workers. A name that several clusters use is resolved once. When a refresh fails
 * the old addresses stay: a DNS outage takes nothing down.
 */
import { isIP } from 'node:net';
import {
  type Cluster,
  compareEndpoints,
  type Endpoint,
  type EndpointSet,
  endpointSet,
  sameContent,
} from '../../snapshot/index.ts';
import type { Clock, Timer } from '../../time/index.ts';
import type { RateLimitedLog } from '../log/index.ts';
import { ChangePace } from './change-pace.ts';
import type { HostResolver, Resolution } from './host-resolver.ts';

/** Names are asked for again at their TTL, within these bounds … */
const MIN_REFRESH_MS = 1_000;
const MAX_REFRESH_MS = 30_000;
/** … and after this when the TTL is unknown or the last try failed. */
const DEFAULT_REFRESH_MS = 5_000;

interface Options {
  readonly resolve: HostResolver;
  readonly clock: Clock;
  readonly log: RateLimitedLog;
  /** `endpointsOf` has a new answer for at least one cluster: told at a pace. */
  readonly onChange: () => void;
}

/** A name whose last look-up failed. */
export interface UnresolvedName {
  readonly name: string;
  readonly reason: string;
  /** Of the wall clock: when it failed first, of all the times since it last did not. */
  readonly sinceMs: number;
  /** How many addresses are used that were found before. */
  readonly kept: number;
}

export class DnsDiscovery {
  readonly #options: Options;
  readonly #hosts = new Map<string, Host>();
  #sets: ReadonlyMap<string, EndpointSet> = new Map();
  #clusters: readonly Cluster[] = [];
  /** What `update` got last. */
  #given: readonly Cluster[] = [];
  /** A name has other addresses than those that the sets were made of. */
  #isStale = false;
  readonly #pace: ChangePace;

  constructor(options: Options) {
    this.#options = options;
    this.#pace = new ChangePace(options.clock, () => {
      if (this.#isStale && this.#rebuild()) options.onChange();
    });
  }

  /**
   * Follows the names of `clusters` (those found by DNS; others are passed over) and forgets all others. Resolves when
   * every name that is new was resolved once or failed to.
   */
  async update(clusters: readonly Cluster[]): Promise<void> {
    if (clusters === this.#given) return;
    this.#given = clusters;
    const wanted = clusters.filter(cluster => cluster.discovery.kind === 'dns');
    if (wanted.length === 0 && this.#clusters.length === 0) return;
    this.#clusters = wanted;
    if (wanted.length === 0) this.#pace.forget();
    const names = new Set(wanted.flatMap(cluster => targetsOf(cluster).map(target => target.host)));
    for (const [name, host] of this.#hosts) {
      if (names.has(name)) continue;
      host.close();
      this.#hosts.delete(name);
    }
    const fresh: Promise<void>[] = [];
    for (const name of names) {
      if (this.#hosts.has(name)) continue;
      const host = new Host(name, this.#options, () => this.#onHostChange());
      this.#hosts.set(name, host);
      fresh.push(host.refresh());
    }
    this.#rebuild();
    await Promise.all(fresh);
  }

  /** The endpoints found for a cluster; none yet: an empty set. The object stays the same while its content does. */
  endpointsOf(cluster: string): EndpointSet | undefined {
    if (this.#isStale) this.#rebuild();
    return this.#sets.get(cluster);
  }

  /** Clusters that are found by DNS. */
  get clusters(): readonly Cluster[] {
    return this.#clusters;
  }

  /** Names that cannot be looked up now. */
  get unresolved(): readonly UnresolvedName[] {
    return [...this.#hosts.values()].flatMap(host => host.trouble ?? []);
  }

  close(): void {
    for (const host of this.#hosts.values()) host.close();
    this.#hosts.clear();
    this.#pace.forget();
  }

  #onHostChange(): void {
    this.#isStale = true;
    this.#pace.changed('names');
  }

  /** True when an endpoint set changed. */
  #rebuild(): boolean {
    this.#isStale = false;
    const before = this.#sets;
    const sets = this.#clusters.map(cluster => {
      const set = endpointSet(cluster.id, this.#endpoints(cluster));
      const old = before.get(cluster.id);
      return old?.packed === set.packed ? old : set;
    });
    this.#sets = new Map(sets.map(set => [set.cluster, set]));
    return sets.some(set => before.get(set.cluster) !== set);
  }

  #endpoints(cluster: Cluster): Endpoint[] {
    const found = new Map<string, Endpoint>();
    for (const { host, port } of targetsOf(cluster)) {
      for (const address of this.#hosts.get(host)?.addresses ?? []) {
        found.set(`${address} ${port}`, { address, port, state: 'ready', name: host });
      }
    }
    return [...found.values()].sort(compareEndpoints);
  }
}

/** One name that is kept resolved. Owns one timer: the next refresh. */
class Host {
  addresses: readonly string[] = [];
  readonly #name: string;
  readonly #options: Options;
  readonly #onChange: () => void;
  #timer: Timer | null = null;
  #closed = false;
  #failing: { readonly reason: string; readonly sinceMs: number } | null = null;

  constructor(name: string, options: Options, onChange: () => void) {
    this.#name = name;
    this.#options = options;
    this.#onChange = onChange;
  }

  get trouble(): UnresolvedName | null {
    return this.#failing && { name: this.#name, ...this.#failing, kept: this.addresses.length };
  }

  async refresh(): Promise<void> {
    let ttlMs: number | null = null;
    try {
      const resolution: Resolution = await this.#options.resolve(this.#name);
      ttlMs = resolution.ttlMs;
      if (!this.#closed) this.#take(this.#withUnanswered(resolution));
    } catch (error) {
      if (!this.#closed) this.#complain(error);
    }
    if (this.#closed || ttlMs === Number.POSITIVE_INFINITY) return;
    const waitMs = Math.min(MAX_REFRESH_MS, Math.max(MIN_REFRESH_MS, ttlMs ?? DEFAULT_REFRESH_MS));
    this.#timer = this.#options.clock.after(waitMs, () => void this.refresh());
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }

  /** What is known of a version of IP stays while nobody can say: servers that fail for one of both are many. */
  #withUnanswered({ addresses, unanswered }: Resolution): readonly string[] {
    if (unanswered === undefined) return addresses;
    return [...addresses, ...this.addresses.filter(address => isIP(address) === unanswered)];
  }

  #take(addresses: readonly string[]): void {
    if (this.#failing !== null) {
      this.#failing = null;
      this.#options.log.info(`dns ${this.#name}`, `${this.#name} is resolved again`);
    }
    const sorted = [...new Set(addresses)].sort();
    if (sorted.length === 0 || sameContent(sorted, this.addresses)) return;
    this.addresses = sorted;
    this.#onChange();
  }

  /** Once for each reason, not for each try: a name may be gone for weeks. */
  #complain(error: unknown): void {
    const { log, clock } = this.#options;
    const reason = reasonOf(error);
    const before = this.#failing;
    if (before?.reason === reason) return;
    this.#failing = { reason, sinceMs: before?.sinceMs ?? clock.wallMs() };
    const kept = this.addresses.length;
    const outcome = kept === 0 ? 'its clusters have no endpoints' : `its ${kept} known addresses stay in use`;
    log.warn(`dns ${this.#name}`, `cannot resolve ${this.#name}: ${outcome}`, { reason });
  }
}

/** By the codes of `getaddrinfo`, which is asked last. */
const REASONS: ReadonlyMap<unknown, string> = new Map([
  ['ENOTFOUND', 'no address is known for the name'],
  ['EAI_AGAIN', 'no name server answered, or it could not say'],
]);

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return ('code' in error ? REASONS.get(error.code) : undefined) ?? error.message;
}

function targetsOf(cluster: Cluster): readonly { readonly host: string; readonly port: number }[] {
  return cluster.discovery.kind === 'dns' ? cluster.discovery.targets : [];
}
