// SPDX-License-Identifier: Apache-2.0

import type { EndpointSlice, Gateway, Service } from '../../resources/index.ts';
import { type ObservedObjects, pathOf, type Write, type WriteQueue } from '../../store/index.ts';
import type { Clock } from '../../time/index.ts';
import { asServed, changedKeys } from '../../translate/index.ts';
import { formatNamespacedName } from '../../values/index.ts';
import type { GatewayServices } from '../addresses/gateway-services.ts';
import { type GatewayParts, gatewayObjects } from '../owned/gateway-objects.ts';
import {
  APPLIED,
  gatewayOf,
  isOwned,
  type OwnedObject,
  type OwnedPort,
  portKey,
  portsOf,
} from '../owned/owned-object.ts';
import { serviceObjects } from '../owned/service-objects.ts';
import { isHeadless } from '../owned/service-state.ts';
import type { View } from '../shown/view.ts';

export interface ClusterObjectsParts {
  readonly controllerName: string;
  readonly objects: Pick<ObservedObjects, 'observed'>;
  /** Gateways are reached through Services; null: at addresses of the machine. */
  readonly services: Pick<GatewayServices, 'choose' | 'replicas'> | null;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** An object of somebody else has the name of one of ours: it is left alone. */
  onTaken(key: string, gateway: string): void;
}

/** What the store has not heard of by then came and went before anybody looked. */
const HEARD_OF_MS = 10_000;

type Known = Service | EndpointSlice;
/** By key, with the Gateway (`namespace/name`). */
type Wanted = ReadonlyMap<string, { readonly object: OwnedObject; readonly gateway: string }>;
type Seen = Pick<View, 'resources' | 'translation'>;

/** Those of ours among the objects `of` a kind, by `namespace/name`. */
interface Owned {
  readonly of: ReadonlyMap<string, Known>;
  readonly objects: Map<string, Known>;
}

interface Sent {
  readonly hash: string;
  readonly known: Known | undefined;
  readonly atMs: number;
}

interface Made {
  readonly from: string;
  readonly replicas: unknown;
  readonly objects: readonly OwnedObject[];
}

/** Keeps the objects that Gateways own as they should be. What is there is known by the store; nothing is asked for. */
export class ClusterObjects {
  readonly #parts: ClusterObjectsParts;
  #view: Seen | null = null;
  #queue: WriteQueue | null = null;
  #wanted: Wanted = new Map();
  /** Keys of what is to go. */
  #left: ReadonlySet<string> = new Set();
  /** What was sent last, and what the store knew then: until it knows something else, the same is not sent again. */
  readonly #sent = new Map<string, Sent>();
  readonly #taken = new Set<string>();
  /** Objects of the cluster that say that they are ours. */
  readonly #owned: Record<'services' | 'endpointSlices', Owned> = {
    services: { of: new Map(), objects: new Map() },
    endpointSlices: { of: new Map(), objects: new Map() },
  };
  /** What Gateways that did not change wanted. */
  readonly #made = new WeakMap<Gateway, Made>();

  constructor(parts: ClusterObjectsParts) {
    this.#parts = parts;
  }

  /** Begins to write through `queue`; null: somebody else leads. */
  writeThrough(queue: WriteQueue | null): void {
    this.#queue = queue;
    this.#sent.clear();
    if (this.#view !== null) this.reloaded(this.#view);
  }

  /** After each reload. */
  reloaded(view: Seen): void {
    this.#view = view;
    if (this.#queue === null) return;
    this.#wanted = this.#wantedOf(view);
    for (const key of this.#sent.keys()) if (!this.#wanted.has(key)) this.#sent.delete(key);
    for (const key of this.#taken) if (!this.#wanted.has(key)) this.#taken.delete(key);
    for (const key of this.#wanted.keys()) this.#queue.mark(key);
    this.#left = new Set(this.#leftOver(view));
    for (const key of this.#left) this.#queue.mark(key);
  }

  /** The Gateway (`namespace/name`) that wants an object. */
  gatewayOf(key: string): string | undefined {
    return this.#wanted.get(key)?.gateway;
  }

  /** What is to be written of an object now. */
  prepare(key: string): Write | undefined {
    const wanted = this.#wanted.get(key);
    const known = this.#known(key);
    if (wanted === undefined) return known !== undefined && this.#left.has(key) ? this.#removal(key, known) : undefined;
    const { object, gateway } = wanted;
    if (known !== undefined && !isOwned(known.metadata, this.#parts.controllerName)) {
      this.#tellTaken(key, gateway);
      return undefined;
    }
    this.#taken.delete(key);
    if (known !== undefined && isOfAnotherSort(object, known)) return this.#removal(key, known);
    if (this.#isSent(key, object, known) || isAsWanted(object, known)) return undefined;
    const note = (): void => void this.#sent.set(key, { hash: object.hash, known, atMs: this.#parts.clock.nowMs() });
    return {
      request: {
        method: 'PATCH',
        path: object.path,
        // Of what is ours every field that we name; of what may be somebody else's none.
        query: { fieldManager: FIELD_MANAGER, force: String(known !== undefined) },
        contentType: 'application/apply-patch+yaml',
        body: object.body,
      },
      done: note,
      conflicted: () => {
        note();
        this.#tellTaken(key, gateway);
        return Promise.resolve();
      },
    };
  }

  #isSent(key: string, { hash }: OwnedObject, known: Known | undefined): boolean {
    const sent = this.#sent.get(key);
    if (sent === undefined) return false;
    if (sent.known === known && this.#parts.clock.nowMs() - sent.atMs < HEARD_OF_MS) return sent.hash === hash;
    // What is known is news of it, and once that is as it was, as where it was deleted, what was sent is not there.
    this.#sent.delete(key);
    return false;
  }

  #removal(key: string, known: Known): Write | undefined {
    const observed = this.#parts.objects.observed(key);
    if (observed === undefined || !isOwned(known.metadata, this.#parts.controllerName)) return undefined;
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: observed.uid } };
    return {
      request: { method: 'DELETE', path: pathOf(observed), body },
      done: () => undefined,
      conflicted: () => Promise.resolve(),
    };
  }

  #tellTaken(key: string, gateway: string): void {
    if (this.#taken.has(key)) return;
    this.#taken.add(key);
    this.#parts.onTaken(key, gateway);
  }

  #wantedOf({ resources: written, translation }: Seen): Wanted {
    const wanted = new Map<string, { object: OwnedObject; gateway: string }>();
    // A Service leads to what is served.
    const resources = asServed(written, translation.setAside);
    const added = addedListeners({ resources, translation });
    for (const [name, outcome] of translation.outcomes.gateways) {
      const gateway = resources.gateways.get(name);
      const uid = this.#parts.objects.observed(`Gateway/${name}`)?.uid;
      if (gateway === undefined || uid === undefined) continue;
      const listeners = [...gateway.spec.listeners, ...(added.get(name) ?? [])];
      for (const object of this.#objectsOf({ gateway, outcome, uid, listeners }))
        wanted.set(object.key, { object, gateway: name });
    }
    return wanted;
  }

  #objectsOf(parts: GatewayParts): readonly OwnedObject[] {
    const { gateway, outcome, listeners } = parts;
    const { services } = this.#parts;
    const name = formatNamespacedName(gateway.metadata);
    const replicas = services?.replicas() ?? null;
    const { service, clusterIps } = outcome.assignment;
    const targets = services === null ? [] : [...services.choose(name, portsOf(listeners).map(portKey))];
    const ports = listeners.map(({ port, protocol }) => `${port} ${protocol}`);
    const from = JSON.stringify([outcome.addresses, service, clusterIps, ports, targets]);
    const made = this.#made.get(gateway);
    if (made?.from === from && made.replicas === replicas) return made.objects;
    const objects =
      services === null || replicas === null
        ? gatewayObjects(parts)
        : serviceObjects({ ...parts, replicas, targets: new Map(targets) });
    this.#made.set(gateway, { from, replicas, objects });
    return objects;
  }

  /**
   * Objects of ours that their Gateway does not want. Only where it is there: what is deleted with its owner is the cluster's business,
   * and an owner that we may just not read has not gone. A Gateway that is ours and not accepted keeps what it has, as does one without class.
   */
  #leftOver({ resources, translation }: Seen): readonly string[] {
    const { services } = this.#parts;
    const left: string[] = [];
    this.#lookAt(resources);
    for (const owned of Object.values(this.#owned)) {
      for (const { kind, metadata } of owned.objects.values()) {
        const key = `${kind}/${formatNamespacedName(metadata)}`;
        const name = `${metadata.namespace}/${gatewayOf(metadata)}`;
        const owner = resources.gateways.get(name);
        if (owner === undefined || this.#wanted.has(key)) continue;
        const outcome = translation.outcomes.gateways.get(name);
        const isJudged =
          services === null
            ? outcome !== undefined && outcome.accepted?.reason !== 'Pending'
            : outcome?.assignment.service != null;
        if (isJudged || this.#isForeign(owner, resources)) left.push(key);
      }
    }
    return left;
  }

  /** Finds those that are ours among what has changed: endpoints change all the time. */
  #lookAt({ services, endpointSlices }: Seen['resources']): void {
    const now = { services, endpointSlices };
    for (const which of ['services', 'endpointSlices'] as const) {
      const { of, objects } = this.#owned[which];
      for (const key of changedKeys<Known>(of, now[which])) {
        const object = now[which].get(key);
        if (object !== undefined && isOwned(object.metadata, this.#parts.controllerName)) objects.set(key, object);
        else objects.delete(key);
      }
      this.#owned[which] = { of: now[which], objects };
    }
  }

  /** Whether a Gateway has another controller. A class that is gone may come back, and with its Service a Gateway would lose its address. */
  #isForeign({ spec }: Gateway, { gatewayClasses }: Seen['resources']): boolean {
    const gatewayClass = gatewayClasses.get(spec.gatewayClassName);
    return gatewayClass !== undefined && gatewayClass.spec.controllerName !== this.#parts.controllerName;
  }

  #known(key: string): Known | undefined {
    const slash = key.indexOf('/');
    const name = key.slice(slash + 1);
    const resources = this.#view?.resources;
    return key.startsWith('Service/') ? resources?.services.get(name) : resources?.endpointSlices.get(name);
  }
}

/** Listeners of ListenerSets, by the Gateway (`namespace/name`) that they are attached to. */
function addedListeners({ resources, translation }: Seen): ReadonlyMap<string, GatewayParts['listeners']> {
  const added = new Map<string, GatewayParts['listeners'][number][]>();
  for (const [name, { gateway, accepted }] of translation.outcomes.listenerSets) {
    const isServed = accepted === null || accepted.reason === 'ListenersNotValid' || accepted.reason === 'Pending';
    const set = resources.listenerSets.get(name);
    if (gateway === null || !isServed || set === undefined) continue;
    const listeners = added.get(gateway) ?? [];
    listeners.push(...set.spec.listeners);
    added.set(gateway, listeners);
  }
  return added;
}

/** By this name the API server knows which fields are ours. */
const FIELD_MANAGER = 'daemun';

/** Nobody changed what can be seen of it. */
function isAsWanted(wanted: OwnedObject, known: Known | undefined): boolean {
  const { hash, labels, ports } = wanted;
  if (known === undefined || known.metadata.annotations[APPLIED] !== hash) return false;
  if (!Object.entries(labels).every(([label, value]) => known.metadata.labels[label] === value)) return false;
  return known.kind === 'Service' ? ports.every(port => leadsThere(port, known)) : isSliceAsWanted(wanted, known);
}

/** Where a port leads is read from the Service: one that somebody took away is put back. */
function leadsThere({ port, protocol, targetPort }: OwnedPort, { spec }: Service): boolean {
  const there = spec.ports.find(one => one.port === port && one.protocol === protocol);
  return there !== undefined && (targetPort === undefined || there.targetPort === targetPort);
}

/** It leads to its endpoints at its ports, and nowhere else. */
function isSliceAsWanted({ endpoints, ports }: OwnedObject, known: EndpointSlice): boolean {
  if (known.endpoints.length !== endpoints.length || known.ports.length !== ports.length) return false;
  const areThere = endpoints.every(({ addresses, conditions }, at) => {
    const there = known.endpoints[at];
    return there?.addresses[0] === addresses[0] && (there.conditions.ready ?? true) === conditions.ready;
  });
  return areThere && ports.every(({ port, targetPort = port }, at) => known.ports[at]?.port === targetPort);
}

/** A Service cannot get or lose a ClusterIP: it is made anew. */
function isOfAnotherSort(wanted: OwnedObject, known: Known): boolean {
  return known.kind === 'Service' && isHeadless(known) !== wanted.isHeadless;
}
