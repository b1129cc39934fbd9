// SPDX-License-Identifier: Apache-2.0

import { messageOf } from '../../errors/index.ts';
import type { Clock, Random } from '../../time/index.ts';
import type { ClusterHealth } from './cluster-health.ts';
import { type Definitions, readDefinitions } from './definitions.ts';
import { confirmAbsent, type Discovered, discover, type ServedVersions } from './discovery.ts';
import { grantedWatches } from './granted-watches.ts';
import { type KubeClient, KubeRefusal } from './kube-client.ts';
import { Pause } from './pause.ts';
import { READ_KINDS } from './read-kinds.ts';
import { RetryDelay } from './retry-delay.ts';

/** How often the server is asked which kinds it has: a dozen small requests. */
const LOOK_MS = 60_000;
/** The same of groups of which kinds are missing, or are thought to be gone: whoever installs them waits. Of the experimental channel some may be for ever. */
const LOOK_SOON_MS = 10_000;
/** A server that starts does not have all kinds at once: one that is not found is gone only after this. */
const GONE_AFTER_MS = 5_000;

export interface ServedKindsOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly health: ClusterHealth;
  /** Default false. */
  readonly watchesRights?: boolean;
  /** Called when kinds come, go, or are served in another version; the first time for what there is at all. */
  onServed(served: ServedVersions): void;
  /** Called when the definitions of the Gateway API on the server change; the first time for those that there are. */
  onDefinitions(definitions: Definitions): void;
  /** Called with kinds of which the right to watch them is gone since the last look, as the server's rules say. */
  onRightsLost(kinds: readonly string[]): void;
}

/**
 * Which kinds the server has, looked up from time to time, and with them which may still be watched: a server asks for a right when a watch begins, and
 * that goes on for minutes. A kind that is not found is not taken for gone at once.
 */
export class ServedKinds {
  readonly #options: ServedKindsOptions;
  readonly #stop = new AbortController();
  readonly #delay: RetryDelay;
  readonly #pause: Pause;
  #served: ServedVersions | null = null;
  /** By the last look at everything. */
  #found: ServedVersions = new Map();
  /** When everything is to be looked at again. */
  #allDueMs = Number.NEGATIVE_INFINITY;
  /** Kind → since when it is not found. */
  #missing: ReadonlyMap<string, number> = new Map();
  #definitions: Definitions | null = null;
  #granted: ReadonlySet<string> = new Set();

  constructor(options: ServedKindsOptions) {
    this.#options = options;
    this.#delay = new RetryDelay(options.random);
    this.#pause = new Pause(options.clock);
  }

  /** False before the first answer, or what is assumed. */
  get isKnown(): boolean {
    return this.#served !== null;
  }

  /** Takes these for known until the server says what it has. */
  assume(served: ServedVersions): void {
    if (this.#served !== null) return;
    this.#served = served;
    this.#options.onServed(served);
  }

  start(): void {
    void this.#run();
  }

  stop(): void {
    this.#stop.abort();
    this.#pause.end();
  }

  /** Looks at everything soon instead of at the next time. */
  lookNow(): void {
    this.#allDueMs = Number.NEGATIVE_INFINITY;
    this.#pause.end();
  }

  async #run(): Promise<void> {
    const { health } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      let waitMs: number;
      try {
        waitMs = await (this.#options.clock.nowMs() < this.#allDueMs ? this.#lookForMissing() : this.#lookAtAll());
        health.discovered(null);
        this.#delay.reset();
      } catch (error) {
        if (signal.aborted) return;
        health.discovered(messageOf(error));
        waitMs = this.#delay.next(error instanceof KubeRefusal ? error.retryAfterMs : null);
      }
      if (!signal.aborted) await this.#pause.last(waitMs);
    }
  }

  /** Returns how long to wait before the next look. */
  async #lookAtAll(): Promise<number> {
    const { client, clock, watchesRights = false } = this.#options;
    const { signal } = this.#stop;
    const [discovered, definitions, granted] = await Promise.all([
      discover(client, READ_KINDS, signal),
      readDefinitions(client, signal),
      watchesRights ? grantedWatches(client, READ_KINDS, signal) : null,
    ]);
    await this.#confirm(discovered);
    const found = discovered.served;
    this.#allDueMs = clock.nowMs() + LOOK_MS;
    this.#found = found;
    this.#takeDefinitions(definitions);
    this.#takeGranted(granted);
    return this.#take(found);
  }

  /** Whether groups of which kinds are missing have others now: then everything is looked at, for its definitions are others, too. */
  async #lookForMissing(): Promise<number> {
    const known = this.#found;
    const groups = new Set(
      READ_KINDS.filter(({ kind }) => !known.has(kind)).map(({ declaration }) => declaration.group),
    );
    const kinds = READ_KINDS.filter(({ declaration }) => groups.has(declaration.group));
    const { served: found } = await discover(this.#options.client, kinds, this.#stop.signal);
    if (kinds.every(({ kind }) => found.get(kind) === known.get(kind)) && this.#missing.size === 0) return LOOK_SOON_MS;
    return this.#lookAtAll();
  }

  /** That kinds are not there which were, or of which nothing is known, is not believed of any page that says so. */
  async #confirm({ served, absent }: Discovered): Promise<void> {
    const known = this.#served;
    if (known !== null && [...known.keys()].every(kind => served.has(kind))) return;
    await confirmAbsent(this.#options.client, absent, this.#stop.signal);
  }

  /** Returns how long to wait before the next look. */
  #take(found: ServedVersions): number {
    const known = this.#served;
    const nowMs = this.#options.clock.nowMs();
    const served = new Map(found);
    const missing = new Map<string, number>();
    for (const [kind, version] of known ?? []) {
      if (found.has(kind)) continue;
      const sinceMs = this.#missing.get(kind) ?? nowMs;
      if (nowMs - sinceMs >= GONE_AFTER_MS) continue;
      missing.set(kind, sinceMs);
      served.set(kind, version);
    }
    this.#missing = missing;
    const isSame = known?.size === served.size && [...served].every(([kind, version]) => known.get(kind) === version);
    this.#served = served;
    if (!isSame) this.#options.onServed(served);
    return served.size < READ_KINDS.length || this.#missing.size > 0 ? LOOK_SOON_MS : LOOK_MS;
  }

  #takeGranted(granted: ReadonlySet<string> | null): void {
    if (granted === null) return;
    const lost = [...this.#granted].filter(kind => !granted.has(kind));
    this.#granted = granted;
    if (lost.length > 0) this.#options.onRightsLost(lost);
  }

  /** null: not known, so they are as they were. */
  #takeDefinitions(definitions: Definitions | null): void {
    const known = this.#definitions;
    if (definitions === null) return;
    const isSame = definitions.areStandard === known?.areStandard;
    if (isSame && definitions.versions.join() === known.versions.join()) return;
    this.#definitions = definitions;
    this.#options.onDefinitions(definitions);
  }
}
