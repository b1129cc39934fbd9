// SPDX-License-Identifier: Apache-2.0

import { CATALOGUE, type Finding } from '../../errors/index.ts';
import { EMPTY_RESOURCES, RESOURCE_MAPS, type ResourceSet } from '../../resources/index.ts';
import type { Clock, Random, Timer } from '../../time/index.ts';
import type { Store, StoreContents } from '../store.ts';
import { ClusterHealth, type StoreLog } from './cluster-health.ts';
import { KindCache } from './kind-cache.ts';
import type { KubeClient } from './kube-client.ts';
import type { ObservedObject, ObservedObjects } from './observed-object.ts';
import { READ_KINDS, type ReadKind } from './read-kinds.ts';
import { Reflector, type ReflectorState } from './reflector.ts';
import { ServedKinds } from './served-kinds.ts';

/** Changes that come within this of the last ones are told of together; a single one is told at once. */
const CHANGE_GAP_MS = 20;

export interface KubernetesStoreOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: StoreLog;
  /** Told when the API server begins to fail, with what failed. */
  readonly onFailing?: ((message: string) => void) | null;
}

/** A store that follows a cluster. It keeps what it has when the API server is gone. */
export interface KubernetesStore extends Store, ObservedObjects {}

/** The resources of a cluster. `start` waits for the API server as long as it takes, and for the first list of each kind that it has. */
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
  #onComplete: (() => void) | null = null;
  #bundleVersions: readonly string[] = [];
  #isStarted = false;
  #isClosed = false;
  #due: Timer | null = null;
  #toldMs = Number.NEGATIVE_INFINITY;

  constructor(options: KubernetesStoreOptions) {
    this.#options = options;
    this.#health = new ClusterHealth(options);
    this.#served = new ServedKinds({
      ...options,
      health: this.#health,
      onServed: served => {
        this.#versions = served;
        this.#follow();
      },
      onBundleVersions: versions => {
        this.#bundleVersions = versions;
        this.#changed();
      },
    });
    for (const readKind of READ_KINDS) this.#kinds.set(readKind.kind, this.#prepare(readKind));
  }

  async start(): Promise<void> {
    const complete = new Promise<void>(resolve => {
      this.#onComplete = resolve;
    });
    this.#served.start();
    await complete;
    this.#isStarted = true;
    this.#publish();
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
    this.#served.stop();
    for (const { reflector } of this.#kinds.values()) reflector?.stop();
    this.#options.client.close();
    await Promise.all([...this.#kinds.values()].map(({ running }) => running));
    this.#onComplete?.();
  }

  #prepare(readKind: ReadKind): FollowedKind {
    const cache = new KindCache({
      readKind,
      onChange: () => {
        if (readKind.kind === 'XBackend') this.#follow();
        this.#changed();
      },
      onObserved: key => {
        for (const observer of this.#observers) observer(key);
      },
    });
    return { readKind, cache, reflector: null, running: Promise.resolve(), state: { state: 'absent' } };
  }

  /** Begins with kinds that are served and wanted now, and lets go of those that are not. */
  #follow(): void {
    const xBackends = this.#kinds.get('XBackend')?.cache;
    for (const [kind, followed] of this.#kinds) {
      const isWanted = followed.readKind.isWanted(xBackends?.served() ?? []);
      const version = isWanted ? this.#versions.get(kind) : undefined;
      if (version === followed.reflector?.version) continue;
      followed.reflector?.stop();
      followed.reflector = null;
      if (version === undefined) {
        if (isWanted) this.#setState(followed, { state: 'absent' });
        else followed.state = { state: 'absent' };
        followed.cache.clear();
      } else this.#begin(followed, version);
    }
    this.#checkComplete();
  }

  #begin(followed: FollowedKind, version: string): void {
    const { readKind, cache } = followed;
    const { client, clock, random } = this.#options;
    const reflector = new Reflector({
      ...{ client, clock, random, readKind, version, cache },
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
    this.#checkComplete();
  }

  /** Complete once nothing is being read for the first time; a server that fails is waited for. */
  #checkComplete(): void {
    if (this.#onComplete === null || !this.#served.isKnown) return;
    const states = [...this.#kinds.values()].map(({ state }) => state.state);
    if (states.some(state => state === 'reading' || state === 'failing')) return;
    this.#onComplete();
    this.#onComplete = null;
  }

  #changed(): void {
    if (!this.#isStarted || this.#isClosed || this.#due !== null) return;
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
    const findings: Finding[] = [];
    for (const { readKind, cache, state } of this.#kinds.values()) {
      if (state.state === 'denied') findings.push(deniedFinding(readKind, cache.resources.size > 0, state.message));
      findings.push(...cache.findings);
    }
    const absentKinds = new Set([...this.#kinds.keys()].filter(kind => !this.#versions.has(kind)));
    this.#contents = { resources: this.#resources(), findings, bundleVersions: this.#bundleVersions, absentKinds };
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
