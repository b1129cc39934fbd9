// SPDX-License-Identifier: Apache-2.0

import { EMPTY_RESOURCES } from '../../resources/index.ts';
import type { Clock, Random } from '../../time/index.ts';
import type { Store, StoreContents } from '../store.ts';
import { ChangePace } from './change-pace.ts';
import { clusterContents } from './cluster-contents.ts';
import { ClusterHealth, type ClusterHealthReport, type StoreLog } from './cluster-health.ts';
import type { Definitions } from './definitions.ts';
import { lacksRights, unreadKinds } from './followed-kind.ts';
import type { Freshness } from './freshness.ts';
import { takeKept, worldOf } from './kept-kinds.ts';
import { KeptStart } from './kept-start.ts';
import type { World } from './kept-text.ts';
import { KeptWorld, type LiveWorld, type WorldKeeper } from './kept-world.ts';
import { KindFollower } from './kind-follower.ts';
import type { KubeClient } from './kube-client.ts';
import type { ObservedObject, ObservedObjects } from './observed-object.ts';
import type { ClientPods } from './read-kinds.ts';
import type { ReflectorState } from './reflector.ts';
import { ServedKinds } from './served-kinds.ts';

export interface KubernetesStoreOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: StoreLog;
  /** Told when the API server begins to fail, with what failed. */
  readonly onFailing?: ((message: string) => void) | null;
  /** Keeps what is known for the next start. Default null: nobody does. */
  readonly keeper?: WorldKeeper | null;
  /** Whether `start` waits for the right to read kinds without which nothing could be served. Default false: there are none of them. */
  readonly waitsForRights?: boolean;
  /** Whether it is asked once a minute which kinds may still be read. Default false: a command reads once. */
  readonly watchesRights?: boolean;
  /** Default: of none. */
  readonly clients?: ClientPods;
  /** Whether Secrets are read. Default true. */
  readonly secrets?: boolean;
}

/** A store that follows a cluster. It keeps what it has when the API server is gone. */
export interface KubernetesStore extends Store, ObservedObjects {
  freshness(): Freshness;
  /** What keeps it from following the cluster now. */
  health(): ClusterHealthReport;
}

/**
 * The resources of a cluster. `start` waits for the first list of each kind that the API server has, as long as it takes; or, when the
 * server fails or is slow and something was kept, has that. How what the server says
 * then takes its place: see `KeptStart`.
 */
export function kubernetesStore(options: KubernetesStoreOptions): KubernetesStore {
  return new ClusterStore(options);
}

class ClusterStore implements KubernetesStore {
  readonly #options: KubernetesStoreOptions;
  readonly #follower: KindFollower;
  readonly #served: ServedKinds;
  readonly #health: ClusterHealth;
  readonly #listeners: (() => void)[] = [];
  readonly #observers: ((key: string) => void)[] = [];
  #contents: StoreContents = { resources: EMPTY_RESOURCES, findings: [] };
  #onStarted: (() => void) | null = null;
  readonly #kept: KeptWorld | null;
  readonly #keptStart: KeptStart;
  #definitions: Definitions = { versions: [], areStandard: false };
  #isStarted = false;
  #isClosed = false;
  readonly #pace: ChangePace;

  constructor(options: KubernetesStoreOptions) {
    this.#options = options;
    const { clock, log } = options;
    this.#pace = new ChangePace(clock, () => {
      this.#publish();
      for (const listener of this.#listeners) listener();
    });
    this.#kept = this.#keptWorld();
    this.#keptStart = new KeptStart({
      ...{ kept: this.#kept, clock, log },
      take: world => this.#beginWith(world),
      isSomeRead: () => [...this.#follower.kinds.values()].some(({ wasRead }) => wasRead),
      onChange: () => this.#changed(),
    });
    const onFailing = (message: string): void => {
      options.onFailing?.(message);
      this.#kept?.failing();
      void this.#keptStart.fallBack();
    };
    this.#health = new ClusterHealth({ ...options, onFailing });
    this.#served = this.#servedKinds();
    this.#follower = this.#kindFollower();
  }

  #keptWorld(): KeptWorld | null {
    const { client, keeper = null, clock, log } = this.#options;
    if (keeper === null) return null;
    const world = (): LiveWorld => worldOf(this.#follower.kinds, this.#follower.versions);
    return new KeptWorld({ keeper, server: client.server, clock, log, world });
  }

  #servedKinds(): ServedKinds {
    return new ServedKinds({
      ...this.#options,
      health: this.#health,
      onServed: served => {
        this.#follower.follow(served);
        // Also of a kind that has no objects: features are told by kinds.
        this.#changed();
      },
      onDefinitions: definitions => {
        this.#definitions = definitions;
        this.#changed();
      },
      onRightsLost: kinds => this.#follower.renew(kinds),
    });
  }

  #kindFollower(): KindFollower {
    const { client, clock, random, clients = { of: 'none' }, secrets = true } = this.#options;
    return new KindFollower({
      ...{ client, clock, random, clients, secrets, health: this.#health },
      isPartlyKept: () => this.#keptStart.isPartial,
      onChange: () => this.#changed(),
      onObserved: ({ hasStatus }, key) => {
        if (this.#keptStart.isOver) this.#kept?.changed(key);
        if (hasStatus) for (const observer of this.#observers) observer(key);
      },
      onState: state => this.#onState(state),
      onFollowed: () => this.#checkComplete(),
      onPiece: (stream, bytes) => this.#pace.gave(stream, bytes),
    });
  }

  async start(): Promise<void> {
    const started = new Promise<void>(resolve => {
      this.#onStarted = resolve;
    });
    this.#keptStart.begin();
    this.#served.start();
    await started;
  }

  freshness(): Freshness {
    const { takenAtMs, isPartial } = this.#keptStart;
    if (takenAtMs !== null) {
      const unread = isPartial ? unreadKinds(this.#follower.kinds) : [];
      return unread.length === 0
        ? { state: 'kept', sinceMs: takenAtMs }
        : { state: 'partly-kept', sinceMs: takenAtMs, unread };
    }
    const sinceMs = this.#health.failingSinceMs;
    return sinceMs === null ? { state: 'followed' } : { state: 'cut-off', sinceMs };
  }

  current(): StoreContents {
    return this.#contents;
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  onObserved(listener: (key: string) => void): void {
    this.#observers.push(listener);
  }

  health(): ClusterHealthReport {
    const { failing, denied } = this.#health.report();
    return { failing, denied: denied.filter(({ kind }) => this.#follower.kinds.get(kind)?.state.state === 'denied') };
  }

  observed(key: string): ObservedObject | undefined {
    const slash = key.indexOf('/');
    return this.#follower.kinds.get(key.slice(0, slash))?.cache.observed(key.slice(slash + 1));
  }

  noteWritten(object: Readonly<Record<string, unknown>>): void {
    this.#follower.kinds.get(String(object['kind']))?.cache.put(object);
  }

  reread(): void {
    this.#served.lookNow();
    this.#follower.retryNow();
  }

  rehearse(): void {}

  locate(): undefined {
    return undefined;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#listeners.length = 0;
    this.#observers.length = 0;
    this.#pace.stop();
    this.#keptStart.stop();
    this.#served.stop();
    this.#follower.stop();
    this.#options.client.close();
    await this.#follower.stopped();
    await this.#kept?.close();
    this.#onStarted?.();
  }

  #onState({ state }: ReflectorState): void {
    if (state === 'absent') this.#served.lookNow();
    if (state === 'live') this.#keptStart.someRead();
    this.#checkComplete();
  }

  /** Complete once nothing is being read for the first time; a server that fails is waited for. */
  #checkComplete(): void {
    if (this.#keptStart.isOver || !this.#served.isKnown || unreadKinds(this.#follower.kinds).length > 0) return;
    if (this.#options.waitsForRights === true && lacksRights(this.#follower.kinds)) return;
    const wasKept = this.#keptStart.end();
    this.#kept?.changed(null);
    if (!wasKept) this.#begin();
    else {
      this.#options.log.info('everything was read from the API server: what was kept is replaced');
      this.#changed();
    }
  }

  #begin(): void {
    this.#isStarted = true;
    this.#publish();
    this.#onStarted?.();
  }

  #beginWith(kept: World): void {
    this.#served.assume(kept.versions);
    takeKept(kept, this.#follower.kinds, this.#follower.versions);
    this.#begin();
  }

  #changed(): void {
    if (this.#isStarted && !this.#keptStart.isHeld && !this.#isClosed) this.#pace.changed();
  }

  #publish(): void {
    this.#keptStart.published();
    this.#contents = clusterContents({
      kinds: this.#follower.kinds,
      versions: this.#follower.versions,
      definitions: this.#definitions,
      isPartlyKept: this.#keptStart.isPartial,
    });
  }
}
