// SPDX-License-Identifier: Apache-2.0

import type { Gateway } from '../resources/index.ts';
import type { ObservedObjects, Write, WriteQueue } from '../store/index.ts';
import { formatNamespacedName } from '../values/index.ts';
import { APPLIED, type GatewayParts, gatewayObjects, gatewayOf, isOwned, type OwnedObject } from './gateway-objects.ts';
import type { View } from './view.ts';

export interface ClusterObjectsParts {
  readonly controllerName: string;
  readonly objects: Pick<ObservedObjects, 'observed'>;
  /** An object of somebody else has the name of one of ours: it is left alone. */
  onTaken(key: string, gateway: string): void;
}

type Known = { readonly metadata: { readonly labels: Labels; readonly annotations: Labels } };
type Labels = Readonly<Record<string, string>>;
/** By key, with the Gateway (`namespace/name`). */
type Wanted = ReadonlyMap<string, { readonly object: OwnedObject; readonly gateway: string }>;
type Seen = Pick<View, 'resources' | 'translation'>;

/** Keeps the objects that Gateways own as they should be. What is there is known by the store; nothing is asked for. */
export class ClusterObjects {
  readonly #parts: ClusterObjectsParts;
  #view: Seen | null = null;
  #queue: WriteQueue | null = null;
  #wanted: Wanted = new Map();
  /** What was sent last, and what the store knew then: until it knows more, the same is not sent again. */
  readonly #sent = new Map<string, { readonly hash: string; readonly known: Known | undefined }>();
  readonly #taken = new Set<string>();
  /** What Gateways that did not change wanted. */
  readonly #made = new WeakMap<Gateway, { readonly from: string; readonly objects: readonly OwnedObject[] }>();

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
    for (const key of this.#leftOver(view)) this.#queue.mark(key);
  }

  /** What is to be written of an object now. */
  prepare(key: string): Write | undefined {
    const wanted = this.#wanted.get(key);
    const known = this.#known(key);
    if (wanted === undefined) return known === undefined ? undefined : this.#removal(key, known);
    const { object, gateway } = wanted;
    if (known !== undefined && !isOwned(known.metadata, this.#parts.controllerName)) {
      this.#tellTaken(key, gateway);
      return undefined;
    }
    this.#taken.delete(key);
    const sent = this.#sent.get(key);
    if (isAsWanted(object, known) || (sent?.hash === object.hash && sent.known === known)) return undefined;
    const note = (): void => void this.#sent.set(key, { hash: object.hash, known });
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

  #removal(key: string, known: Known): Write | undefined {
    const observed = this.#parts.objects.observed(key);
    if (observed === undefined || !isOwned(known.metadata, this.#parts.controllerName)) return undefined;
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: observed.uid } };
    return {
      request: { method: 'DELETE', path: observed.path, body },
      done: () => undefined,
      conflicted: () => Promise.resolve(),
    };
  }

  #tellTaken(key: string, gateway: string): void {
    if (this.#taken.has(key)) return;
    this.#taken.add(key);
    this.#parts.onTaken(key, gateway);
  }

  #wantedOf({ resources, translation }: Seen): Wanted {
    const wanted = new Map<string, { object: OwnedObject; gateway: string }>();
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
    const ports = listeners.map(({ port, protocol }) => `${port} ${protocol}`);
    const from = JSON.stringify([outcome.addresses, outcome.assignment.clusterIps, ports]);
    const made = this.#made.get(gateway);
    if (made?.from === from) return made.objects;
    const objects = gatewayObjects(parts);
    this.#made.set(gateway, { from, objects });
    return objects;
  }

  /**
   * Objects of ours that their Gateway does not want. Only where it is there, and its class too: what is deleted with its owner is
   * the cluster's business, and an owner that we may just not read has not gone.
   */
  #leftOver({ resources }: Seen): readonly string[] {
    const { controllerName } = this.#parts;
    const left: string[] = [];
    for (const map of [resources.services, resources.endpointSlices]) {
      for (const { kind, metadata } of map.values()) {
        if (!isOwned(metadata, controllerName)) continue;
        const key = `${kind}/${formatNamespacedName(metadata)}`;
        const owner = resources.gateways.get(`${metadata.namespace}/${gatewayOf(metadata)}`);
        const isKnown = owner !== undefined && resources.gatewayClasses.has(owner.spec.gatewayClassName);
        if (isKnown && !this.#wanted.has(key)) left.push(key);
      }
    }
    return left;
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
    const isServed = accepted === null || accepted.reason === 'ListenersNotValid';
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
function isAsWanted({ hash, labels }: OwnedObject, known: Known | undefined): boolean {
  if (known === undefined || known.metadata.annotations[APPLIED] !== hash) return false;
  return Object.entries(labels).every(([label, value]) => known.metadata.labels[label] === value);
}
