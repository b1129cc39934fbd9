// SPDX-License-Identifier: Apache-2.0

import { CATALOGUE, type Finding } from '../../errors/index.ts';
import { EMPTY_RESOURCES, RESOURCE_MAPS, type ResourceSet } from '../../resources/index.ts';
import type { Clock, Random, Timer } from '../../time/index.ts';
import type { Store, StoreContents } from '../store.ts';
import { ClusterHealth, type ClusterHealthReport, type StoreLog } from './cluster-health.ts';
import type { Definitions } from './definitions.ts';
import { KeptWorld, type World, type WorldKeeper } from './kept-world.ts';
import { KindCache } from './kind-cache.ts';
import type { KubeClient } from './kube-client.ts';
import type { ObservedObject, ObservedObjects } from './observed-object.ts';
import { type ClientPods, READ_KINDS, type ReadKind } from './read-kinds.ts';
import { Reflector, type ReflectorOptions, type ReflectorState } from './reflector.ts';
import { ServedKinds } from './served-kinds.ts';

/** Changes that come within this of the last ones are told of together; a single one is told at once. */
const CHANGE_GAP_MS = 50;
/** A server that has not told everything by then is done without at the start, where there is something that was kept. */
const KEPT_AFTER_MS = 5_000;
/** What was kept is served unchanged until everything was read; or, once something was, for so long at most. */
const KEPT_SETTLE_MS = 10_000;

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

/** How old what a store has may be. Times are wall time. */
export type Freshness =
  | { readonly state: 'followed' }
  /** The server fails since then; everything is as it was. */
  | { readonly state: 'cut-off'; readonly sinceMs: number }
  /** This process has not read everything yet: it has what was kept then. */
  | { readonly state: 'kept'; readonly sinceMs: number };

/** A store that follows a cluster. It keeps what it has when the API server is gone. */
export interface KubernetesStore extends Store, ObservedObjects {
  freshness(): Freshness;
  /** What keeps it from following the cluster now. */
  health(): ClusterHealthReport;
}

/**
 * The resources of a cluster. `start` waits for the first list of each kind that the API server has, as long as it takes; or, when the
 * server fails or is slow and something was kept, has that. What the server says then takes its place as a whole.
 *
 *     starting ──everything read──► followed
 *        └──server fails──► kept ──everything read──┘
 */
export function kubernetesStore(options: KubernetesStoreOptions): KubernetesStore {
  return new ClusterStore(options);
}

/** One kind: its objects, and who reads them. */
interface FollowedKind {
  readonly readKind: ReadKind;
  readonly cache: KindCache;
  reflector: Reflector | null;
  running: Promise<void>;
  state: ReflectorState;
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
  /** Everything was read once. */
  #isComplete = false;
  readonly #kept: KeptWorld | null;
  #keptSinceMs: number | null = null;
  #isFallingBack = false;
  /** What was kept is served as it is, whatever was read meanwhile. */
  #isHeld = false;
  #settle: Timer | null = null;
  #definitions: Definitions = { versions: [], areStandard: false };
  #isStarted = false;
  #isClosed = false;
  #due: Timer | null = null;
  #toldMs = Number.NEGATIVE_INFINITY;

  constructor(options: KubernetesStoreOptions) {
    this.#options = options;
    const { keeper = null, clock, log } = options;
    this.#kept =
      keeper === null
        ? null
        : new KeptWorld({ keeper, server: options.client.server, clock, log, world: () => this.#world() });
    const onFailing = (message: string): void => {
      options.onFailing?.(message);
      this.#kept?.failing();
      void this.#fallBack();
    };
    this.#health = new ClusterHealth({ ...options, onFailing });
    this.#served = new ServedKinds({
      ...options,
      health: this.#health,
      onServed: served => {
        this.#versions = served;
        this.#follow();
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
    this.#settle = this.#options.clock.after(KEPT_AFTER_MS, () => void this.#fallBack());
    this.#served.start();
    await started;
  }

  freshness(): Freshness {
    if (this.#keptSinceMs !== null) return { state: 'kept', sinceMs: this.#keptSinceMs };
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
    this.#due?.cancel();
    this.#settle?.cancel();
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
        if (this.#isComplete) this.#kept?.changed();
        for (const observer of this.#observers) observer(key);
      },
    });
    return { readKind, cache, reflector: null, running: Promise.resolve(), state: { state: 'absent' } };
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
        if (fieldSelector === null) followed.state = { state: 'absent' };
        else this.#setState(followed, { state: 'absent' });
        followed.cache.clear();
      } else this.#beginReading(followed, { version, fieldSelector });
    }
    this.#checkComplete();
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
    });
    followed.reflector = reflector;
    followed.state = { state: 'reading' };
    followed.running = Promise.all([followed.running, reflector.run()]).then(() => undefined);
  }

  #setState(followed: FollowedKind, state: ReflectorState): void {
    const before = followed.state;
    if (before.state === state.state) return;
    followed.state = state;
    this.#health.told(followed.readKind, state);
    if (state.state === 'absent') this.#served.lookNow();
    if (before.state === 'denied' || state.state === 'denied') this.#changed();
    if (state.state === 'live') this.#letSettle();
    this.#checkComplete();
  }

  /** Complete once nothing is being read for the first time; a server that fails is waited for. */
  #checkComplete(): void {
    if (this.#isComplete || !this.#served.isKnown) return;
    const states = [...this.#kinds.values()].map(({ state }) => state.state);
    if (states.some(state => state === 'reading' || state === 'failing') || this.#lacksRights()) return;
    this.#isComplete = true;
    this.#settle?.cancel();
    this.#kept?.changed();
    if (!this.#isStarted) this.#begin();
    else {
      this.#isHeld = false;
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

  /** Begins with what was kept, if there is something. */
  async #fallBack(): Promise<void> {
    if (this.#kept === null || this.#isFallingBack || this.#isComplete) return;
    this.#isFallingBack = true;
    const world = await this.#kept.load();
    if (world === null || this.#isComplete || this.#isClosed) return;
    this.#served.assume(world.versions);
    this.#takeIn(world);
    this.#keptSinceMs = world.takenAtMs;
    this.#isHeld = true;
    this.#settle?.cancel();
    this.#settle = null;
    this.#letSettle();
    this.#options.log.warn(
      'the API server does not answer as it should: what was kept before this start is served, and no status written',
      {
        keptAt: new Date(world.takenAtMs).toISOString(),
        place: this.#options.keeper?.place,
      },
    );
    this.#begin();
  }

  /** Fills the caches of kinds that were not read yet. */
  #takeIn({ objects }: World): void {
    const lists = new Map<unknown, ReturnType<KindCache['startList']>>();
    for (const { readKind, cache, state } of this.#kinds.values())
      if (state.state !== 'live' && this.#versions.has(readKind.kind)) lists.set(readKind.kind, cache.startList());
    for (const object of objects) lists.get(object['kind'])?.add(object);
    for (const list of lists.values()) list.commit();
  }

  /** Once a kind was read, the others may take so long. */
  #letSettle(): void {
    const isSomeLive = [...this.#kinds.values()].some(({ state }) => state.state === 'live');
    if (!this.#isHeld || this.#settle !== null || !isSomeLive) return;
    this.#settle = this.#options.clock.after(KEPT_SETTLE_MS, () => {
      this.#isHeld = false;
      this.#changed();
    });
  }

  #world(): World {
    return { versions: this.#versions, objects: this.#objects() };
  }

  *#objects(): Generator<Readonly<Record<string, unknown>>> {
    for (const { cache } of this.#kinds.values()) yield* cache.objects();
  }

  #changed(): void {
    if (!this.#isStarted || this.#isHeld || this.#isClosed || this.#due !== null) return;
    const { clock } = this.#options;
    const sinceMs = clock.nowMs() - this.#toldMs;
    this.#due = clock.after(Math.max(0, CHANGE_GAP_MS - sinceMs), () => {
      this.#due = null;
      this.#toldMs = clock.nowMs();
      this.#publish();
      for (const listener of this.#listeners) listener();
    });
  }

  #resources(): ResourceSet {
    const maps = [...this.#kinds.values()].map(({ readKind, cache }) => [
      RESOURCE_MAPS[readKind.kind],
      cache.resources,
    ]);
    // Each map holds the kind that its name stands for.
    return { ...EMPTY_RESOURCES, ...Object.fromEntries(maps) } as ResourceSet;
  }

  #publish(): void {
    if (this.#isComplete) this.#keptSinceMs = null;
    const findings: Finding[] = [];
    for (const { readKind, cache, state } of this.#kinds.values()) {
      if (state.state === 'denied') findings.push(deniedFinding(readKind, cache.resources.size > 0, state.message));
      findings.push(...cache.findings);
    }
    const absentKinds = new Set([...this.#kinds.keys()].filter(kind => !this.#versions.has(kind)));
    const { versions: bundleVersions, areStandard: lacksExperimental } = this.#definitions;
    this.#contents = { resources: this.#resources(), findings, bundleVersions, lacksExperimental, absentKinds };
  }
}

/** `hasSome`: there are objects of the kind from when it could be read. */
function deniedFinding({ kind, declaration }: ReadKind, hasSome: boolean, message: string): Finding {
  const { plural, group } = declaration;
  return {
    code: 'store/not-permitted',
    severity: CATALOGUE['store/not-permitted'].severity,
    path: [],
    message: `${kind} cannot be read, so ${hasSome ? 'what was read before is served on, and nothing new' : 'there are none'}: ${message}`,
    help: `let daemun's service account get, list and watch ${plural}${group === '' ? '' : ` of ${group}`}`,
  };
}
