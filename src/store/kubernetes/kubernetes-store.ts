// SPDX-License-Identifier: Apache-2.0

import { EMPTY_RESOURCES } from '../../resources/index.ts';
import type { Clock, Random } from '../../time/index.ts';
import type { Store, StoreContents } from '../store.ts';
import { ChangePace } from './change-pace.ts';
import { clusterContents } from './cluster-contents.ts';
import { ClusterHealth, type ClusterHealthReport, type StoreLog } from './cluster-health.ts';
import type { Definitions } from './definitions.ts';
import { type FollowedKind, unreadKinds } from './followed-kind.ts';
import type { Freshness } from './freshness.ts';
import { takeKept, worldOf } from './kept-kinds.ts';
import { KeptStart } from './kept-start.ts';
import type { World } from './kept-text.ts';
import { KeptWorld, type WorldKeeper } from './kept-world.ts';
import { KindCache } from './kind-cache.ts';
import type { KubeClient } from './kube-client.ts';
import type { ObservedObject, ObservedObjects } from './observed-object.ts';
import { type ClientPods, READ_KINDS, type ReadKind } from './read-kinds.ts';
import { Reflector, type ReflectorOptions, type ReflectorState } from './reflector.ts';
import { ServedKinds } from './served-kinds.ts';

/** A process that may read none of these would serve nothing, and look well. */
const ESSENTIAL: ReadonlySet<string> = new Set(['GatewayClass', 'Gateway']);

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
  readonly #kinds = new Map<string, FollowedKind>();
  readonly #served: ServedKinds;
  /** Kind → version. */
  #versions: ReadonlyMap<string, string> = new Map();
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
    const { keeper = null, clock, log } = options;
    this.#pace = new ChangePace(clock, () => {
      this.#publish();
      for (const listener of this.#listeners) listener();
    });
    this.#kept =
      keeper === null
        ? null
        : new KeptWorld({
            keeper,
            server: options.client.server,
            clock,
            log,
            world: () => worldOf(this.#kinds, this.#versions),
          });
    this.#keptStart = new KeptStart({
      ...{ kept: this.#kept, clock, log },
      take: world => this.#beginWith(world),
      isSomeRead: () => [...this.#kinds.values()].some(({ wasRead }) => wasRead),
      onChange: () => this.#changed(),
    });
    const onFailing = (message: string): void => {
      options.onFailing?.(message);
      this.#kept?.failing();
      void this.#keptStart.fallBack();
    };
    this.#health = new ClusterHealth({ ...options, onFailing });
    this.#served = new ServedKinds({
      ...options,
      health: this.#health,
      onServed: served => {
        this.#versions = served;
        this.#follow();
        // Also of a kind that has no objects: features are told by kinds.
        this.#changed();
      },
      onDefinitions: definitions => {
        this.#definitions = definitions;
        this.#changed();
      },
    });
    for (const readKind of READ_KINDS) this.#kinds.set(readKind.kind, this.#prepare(readKind));
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
      const unread = isPartial ? unreadKinds(this.#kinds) : [];
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
    return { failing, denied: denied.filter(({ kind }) => this.#kinds.get(kind)?.state.state === 'denied') };
  }

  observed(key: string): ObservedObject | undefined {
    const slash = key.indexOf('/');
    return this.#kinds.get(key.slice(0, slash))?.cache.observed(key.slice(slash + 1));
  }

  noteWritten(object: Readonly<Record<string, unknown>>): void {
    this.#kinds.get(String(object['kind']))?.cache.put(object);
  }

  reread(): void {
    this.#served.lookNow();
    for (const { reflector } of this.#kinds.values()) reflector?.retryNow();
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
    for (const { reflector } of this.#kinds.values()) reflector?.stop();
    this.#options.client.close();
    await Promise.all([...this.#kinds.values()].map(({ running }) => running));
    await this.#kept?.close();
    this.#onStarted?.();
  }

  #prepare(readKind: ReadKind): FollowedKind {
    const cache = new KindCache({
      readKind,
      onChange: () => {
        if (readKind.kind === 'XBackend') this.#follow();
        this.#changed();
      },
      onObserved: key => {
        if (this.#keptStart.isOver) this.#kept?.changed(key);
        if (readKind.hasStatus) for (const observer of this.#observers) observer(key);
      },
    });
    return { readKind, cache, reflector: null, running: Promise.resolve(), state: { state: 'absent' }, wasRead: false };
  }

  /** Begins with kinds that are served and wanted now, and lets go of those that are not. */
  #follow(): void {
    const { clients = { of: 'none' }, secrets = true } = this.#options;
    const xBackends = this.#kinds.get('XBackend')?.cache;
    for (const [kind, followed] of this.#kinds) {
      const { reflector } = followed;
      const fieldSelector = followed.readKind.fieldSelector({ xBackends: xBackends?.served() ?? [], clients, secrets });
      const version = fieldSelector === null ? undefined : this.#versions.get(kind);
      if (version === reflector?.version && (reflector === null || reflector.fieldSelector === fieldSelector)) continue;
      reflector?.stop();
      followed.reflector = null;
      if (version === undefined || fieldSelector === null) {
        if (fieldSelector === null) this.#letGo(followed);
        else this.#setState(followed, { state: 'absent' });
        followed.cache.clear();
      } else this.#beginReading(followed, { version, fieldSelector });
    }
    this.#checkComplete();
  }

  /** The kind may be there, but nobody needs its objects. */
  #letGo(followed: FollowedKind): void {
    followed.state = { state: 'absent' };
    this.#health.letGo(followed.readKind);
  }

  #beginReading(followed: FollowedKind, part: Pick<ReflectorOptions, 'version' | 'fieldSelector'>): void {
    const { readKind, cache } = followed;
    const { client, clock, random } = this.#options;
    const reflector = new Reflector({
      ...{ client, clock, random, readKind, cache },
      ...part,
      onState: state => {
        if (followed.reflector === reflector) this.#setState(followed, state);
      },
      onPiece: (stream, bytes) => this.#pace.gave(stream, bytes),
    });
    followed.reflector = reflector;
    followed.state = { state: 'reading' };
    followed.wasRead = false;
    followed.running = Promise.all([followed.running, reflector.run()]).then(() => undefined);
  }

  #setState(followed: FollowedKind, state: ReflectorState): void {
    const before = followed.state;
    followed.state = state;
    if (before.state === state.state) {
      this.#reword(followed, before);
      return;
    }
    followed.wasRead ||= state.state === 'live';
    this.#health.told(followed.readKind, state);
    if (state.state === 'absent') this.#served.lookNow();
    // What is told of a kind is another thing, also where its objects are the same.
    if (before.state === 'denied' || state.state === 'denied' || this.#keptStart.isPartial) this.#changed();
    if (state.state === 'live') this.#keptStart.someRead();
    this.#checkComplete();
  }

  /** The state of a kind is what it was, perhaps for another reason. */
  #reword({ readKind, state }: FollowedKind, before: ReflectorState): void {
    if (!('message' in state) || !('message' in before) || state.message === before.message) return;
    this.#health.reworded(readKind, state);
    if (state.state === 'denied' || this.#keptStart.isPartial) this.#changed();
  }

  /** Complete once nothing is being read for the first time; a server that fails is waited for. */
  #checkComplete(): void {
    if (this.#keptStart.isOver || !this.#served.isKnown || unreadKinds(this.#kinds).length > 0 || this.#lacksRights())
      return;
    const wasKept = this.#keptStart.end();
    this.#kept?.changed(null);
    if (!wasKept) this.#begin();
    else {
      this.#options.log.info('everything was read from the API server: what was kept is replaced');
      this.#changed();
    }
  }

  #lacksRights(): boolean {
    if (this.#options.waitsForRights !== true) return false;
    return [...this.#kinds].some(([kind, { state }]) => ESSENTIAL.has(kind) && state.state === 'denied');
  }

  #begin(): void {
    this.#isStarted = true;
    this.#publish();
    this.#onStarted?.();
  }

  #beginWith(kept: World): void {
    this.#served.assume(kept.versions);
    takeKept(kept, this.#kinds, this.#versions);
    this.#begin();
  }

  #changed(): void {
    if (this.#isStarted && !this.#keptStart.isHeld && !this.#isClosed) this.#pace.changed();
  }

  #publish(): void {
    this.#keptStart.published();
    this.#contents = clusterContents({
      kinds: this.#kinds,
      versions: this.#versions,
      definitions: this.#definitions,
      isPartlyKept: this.#keptStart.isPartial,
    });
  }
}
