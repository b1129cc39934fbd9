// SPDX-License-Identifier: Apache-2.0

import type { Clock, Random } from '../../time/index.ts';
import type { ClusterHealth } from './cluster-health.ts';
import type { FollowedKind, FollowedKinds } from './followed-kind.ts';
import { KindCache } from './kind-cache.ts';
import type { KubeClient, WatchStream } from './kube-client.ts';
import { type ClientPods, READ_KINDS, type ReadKind } from './read-kinds.ts';
import { Reflector, type ReflectorOptions, type ReflectorState } from './reflector.ts';

export interface KindFollowerParts {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly clients: ClientPods;
  readonly secrets: boolean;
  readonly health: Pick<ClusterHealth, 'told' | 'reworded' | 'letGo'>;
  /** Whether kinds that were not read yet are served as they were kept: then it is told why they were not. */
  isPartlyKept(): boolean;
  /** Objects, or what there is to say of a kind, are others. */
  onChange(): void;
  /** The server told something of an object. */
  onObserved(readKind: ReadKind, key: string): void;
  /** A kind is in another state than before. */
  onState(state: ReflectorState): void;
  /** Which kinds are read is another thing. */
  onFollowed(): void;
  /** See `KubeWatch`. */
  onPiece(stream: WatchStream, bytes: number): void;
}

/** Reads the kinds that are served and wanted, each by a reflector of its own, and knows how far each is. */
export class KindFollower {
  readonly #parts: KindFollowerParts;
  readonly #kinds: FollowedKinds;
  #versions: ReadonlyMap<string, string> = new Map();

  constructor(parts: KindFollowerParts) {
    this.#parts = parts;
    this.#kinds = new Map(READ_KINDS.map(readKind => [readKind.kind, this.#prepare(readKind)]));
  }

  /** All kinds that could be read. */
  get kinds(): FollowedKinds {
    return this.#kinds;
  }

  /** Kind → version, of those that the server has. */
  get versions(): ReadonlyMap<string, string> {
    return this.#versions;
  }

  /** The server has these kinds. */
  follow(versions: ReadonlyMap<string, string>): void {
    this.#versions = versions;
    this.#follow();
  }

  /** Begins with kinds that are served and wanted now, and lets go of those that are not. */
  #follow(): void {
    const { clients, secrets } = this.#parts;
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
    this.#parts.onFollowed();
  }

  /** Ends pauses: what was missing may be there now. */
  retryNow(): void {
    for (const { reflector } of this.#kinds.values()) reflector?.retryNow();
  }

  /** Has these kinds' watches begun anew: the server says then whether they still may be read. */
  renew(kinds: readonly string[]): void {
    for (const kind of kinds) this.#kinds.get(kind)?.reflector?.renew();
  }

  /** Nothing is read any more. */
  stop(): void {
    for (const { reflector } of this.#kinds.values()) reflector?.stop();
  }

  /** Resolves when nothing is being read, after `stop`. */
  async stopped(): Promise<void> {
    await Promise.all([...this.#kinds.values()].map(({ running }) => running));
  }

  #prepare(readKind: ReadKind): FollowedKind {
    const { onChange, onObserved } = this.#parts;
    const cache = new KindCache({
      readKind,
      onChange: () => {
        // XBackends say which Pods are wanted.
        if (readKind.kind === 'XBackend') this.#follow();
        onChange();
      },
      onObserved: key => onObserved(readKind, key),
    });
    return { readKind, cache, reflector: null, running: Promise.resolve(), state: { state: 'absent' }, wasRead: false };
  }

  /** The kind may be there, but nobody needs its objects. */
  #letGo(followed: FollowedKind): void {
    followed.state = { state: 'absent' };
    this.#parts.health.letGo(followed.readKind);
  }

  #beginReading(followed: FollowedKind, part: Pick<ReflectorOptions, 'version' | 'fieldSelector'>): void {
    const { readKind, cache } = followed;
    const { client, clock, random, onPiece } = this.#parts;
    const reflector = new Reflector({
      ...{ client, clock, random, readKind, cache, onPiece },
      ...part,
      onState: state => {
        if (followed.reflector === reflector) this.#setState(followed, state);
      },
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
    const { health, isPartlyKept, onChange, onState } = this.#parts;
    health.told(followed.readKind, state);
    // What is told of a kind is another thing, also where its objects are the same.
    if (before.state === 'denied' || state.state === 'denied' || isPartlyKept()) onChange();
    onState(state);
  }

  /** The state of a kind is what it was, perhaps for another reason. */
  #reword({ readKind, state }: FollowedKind, before: ReflectorState): void {
    if (!('message' in state) || !('message' in before) || state.message === before.message) return;
    const { health, isPartlyKept, onChange } = this.#parts;
    health.reworded(readKind, state);
    if (state.state === 'denied' || isPartlyKept()) onChange();
  }
}
