// SPDX-License-Identifier: Apache-2.0

import { type OpenCluster, OWN_NAMESPACE, type RefusedAnswer, type WriteQueue } from '../../store/index.ts';
import type { Clock } from '../../time/index.ts';
import type { GatewayLog } from '../log/log.ts';
import { ownedName } from '../owned/owned-name.ts';
import type { View } from '../shown/view.ts';
import { ClusterEvents } from './cluster-events.ts';
import { ClusterObjects, type ClusterObjectsParts } from './cluster-objects.ts';
import { ClusterStatuses } from './cluster-statuses.ts';
import { statusChanges } from './status-change.ts';
import type { WriterState } from './writer-state.ts';

const TELL_CONTESTED_MS = 600_000;

export interface ClusterWriterParts {
  readonly cluster: Pick<OpenCluster, 'store' | 'writers'>;
  readonly controllerName: string;
  /** Names this process among those that serve the same classes. */
  readonly identity: string;
  /** Where the Lease is that says which of them writes; null: this one does, whatever others do. */
  readonly lease: { readonly namespace: string | null } | null;
  /** As in `ClusterObjects`. */
  readonly services: ClusterObjectsParts['services'];
  /** The API server will not take an object of a Gateway as it is. */
  onObjectRefused(object: string, why: string): void;
  /** This process writes from now on. */
  onLeading(): void;
  readonly clock: Clock;
  readonly log: GatewayLog;
}

/**
 * What daemun tells a cluster: statuses, the objects that Gateways own, Events. Of all processes with the same controllerName the
 * one that holds the Lease writes; the others serve all the same.
 */
export class ClusterWriter {
  readonly #parts: ClusterWriterParts;
  readonly #statuses: ClusterStatuses;
  readonly #objects: ClusterObjects;
  readonly #events: ClusterEvents;
  readonly #queues: { readonly statuses: WriteQueue; readonly objects: WriteQueue; readonly events: WriteQueue };
  #lease: ReturnType<OpenCluster['writers']['lease']> | null = null;
  #view: View | null = null;
  #isLeading = false;
  #contestedToldMs = Number.NEGATIVE_INFINITY;
  #leasePlace = '';
  #leaseTrouble: WriterState['leaseTrouble'] = null;

  constructor(parts: ClusterWriterParts) {
    this.#parts = parts;
    const { cluster, controllerName, identity, clock } = parts;
    const { store, writers } = cluster;
    this.#statuses = new ClusterStatuses(controllerName);
    this.#events = new ClusterEvents({ controllerName, instance: identity, objects: store, clock });
    this.#objects = new ClusterObjects({
      controllerName,
      objects: store,
      services: parts.services,
      clock,
      onTaken: (key, gateway) => this.#tellTaken(key, gateway),
    });
    this.#queues = {
      statuses: writers.statuses({
        merge: (key, stored) => this.#statuses.merge(key, stored),
        onRefused: (object, answer) => this.#tellRefused('a status cannot be written', object, answer),
        onContested: object => this.#tellContested(object),
      }),
      objects: writers.objects({
        prepare: key => this.#objects.prepare(key),
        onRefused: (object, answer) => {
          this.#tellRefused('an object of a Gateway cannot be written', object, answer);
          this.#warnRefused(object, answer.message);
          parts.onObjectRefused(object, answer.message);
        },
        onContested: object => this.#tellContested(object),
      }),
      events: writers.events({
        prepare: key => this.#events.prepare(key),
        onRefused: (object, answer) => this.#tellRefused('an Event cannot be written', object, answer),
      }),
    };
    store.onObserved(key => this.#statuses.check(key));
  }

  /** After each reload; the first begins it all. */
  reloaded(view: View): void {
    const changes = statusChanges(this.#view?.statuses ?? null, view.statuses);
    const isFirst = this.#view === null;
    this.#view = view;
    try {
      this.#statuses.reloaded(view, changes);
      this.#objects.reloaded(view);
      this.#events.reloaded(view, changes);
    } finally {
      // Whatever breaks about one object: else the Lease would never be asked for.
      if (isFirst) this.#begin(view);
    }
  }

  /** For `/metrics`. */
  state(): WriterState {
    const { statuses, objects, events } = this.#queues;
    return {
      isLeading: this.#isLeading,
      lease: this.#leasePlace,
      holder: this.#isLeading ? this.#parts.identity : (this.#lease?.holder ?? ''),
      leaseTrouble: this.#leaseTrouble,
      writesDue: { statuses: statuses.due, objects: objects.due, events: events.due },
      refused: { statuses: statuses.refused, objects: objects.refused, events: events.refused },
      contested: [...statuses.contested, ...objects.contested],
      refusals: {
        statuses: statuses.counts.refused,
        objects: objects.counts.refused,
        events: events.counts.refused,
      },
    };
  }

  async close(): Promise<void> {
    this.#follow();
    await this.#lease?.stop();
  }

  #begin({ resources }: View): void {
    const { cluster, controllerName, identity, lease, log } = this.#parts;
    if (lease === null) {
      this.#lead();
      return;
    }
    const hasOwn = resources.namespaces.has(OWN_NAMESPACE);
    const namespace = lease.namespace ?? (hasOwn ? OWN_NAMESPACE : 'default');
    const name = ownedName(controllerName, 'leader');
    this.#leasePlace = `${namespace}/${name}`;
    this.#lease = cluster.writers.lease({
      namespace,
      name,
      identity,
      onLeading: () => {
        log.info('leads: this process writes statuses', { lease: `${namespace}/${name}`, identity });
        this.#lead();
      },
      onFollowing: holder => {
        const lost = 'does not lead: nobody is known to, and statuses are written again when the Lease is had';
        const message = holder === '' ? lost : 'follows: another process writes statuses';
        log.info(message, { lease: `${namespace}/${name}`, holder });
        if (holder !== '') this.#leaseTrouble = null;
        this.#follow();
      },
      onTrouble: (message, status) => {
        this.#leaseTrouble = { message, sinceMs: this.#parts.clock.wallMs() };
        log.warn('the Lease cannot be had, so statuses may not be written; it is tried again', {
          lease: `${namespace}/${name}`,
          error: message,
          // No answer, or a server that struggles, is nothing that rights would mend.
          ...([401, 403, 404].includes(status ?? 0) && {
            fix: `the namespace ${namespace} must exist, and daemun's service account may get, create and update leases of coordination.k8s.io in it`,
          }),
        });
      },
    });
    this.#lease.start();
  }

  #lead(): void {
    this.#isLeading = true;
    this.#leaseTrouble = null;
    const { statuses, objects, events } = this.#queues;
    for (const queue of [statuses, objects, events]) queue.start();
    // Events first: what the others find at once is told, too.
    this.#events.writeThrough(events);
    this.#statuses.writeThrough(statuses);
    this.#objects.writeThrough(objects);
    this.#parts.onLeading();
  }

  #follow(): void {
    this.#isLeading = false;
    this.#statuses.writeThrough(null);
    this.#objects.writeThrough(null);
    this.#events.writeThrough(null);
    for (const queue of Object.values(this.#queues)) queue.stop();
  }

  #tellTaken(key: string, gateway: string): void {
    const [kind, , name] = key.split('/');
    const note = `${kind} ${name} is somebody else's, so the Gateway lacks it in the cluster. Rename or delete it`;
    this.#parts.log.warn('an object has the name of one that daemun would make', { object: key, gateway });
    this.#events.warn(`Gateway/${gateway}`, 'NameTaken', note);
  }

  #warnRefused(object: string, message: string): void {
    const gateway = this.#objects.gatewayOf(object);
    const [kind, , name] = object.split('/');
    const note = `${kind} ${name} stays as it is, or is not there, for the API server refuses it: ${message}`;
    if (gateway !== undefined) this.#events.warn(`Gateway/${gateway}`, 'ObjectRefused', note);
  }

  /** Once in ten minutes, however many objects it is about. */
  #tellContested(object: string): void {
    const { clock, log, controllerName } = this.#parts;
    if (clock.nowMs() - this.#contestedToldMs < TELL_CONTESTED_MS) return;
    this.#contestedToldMs = clock.nowMs();
    log.warn('somebody else undoes what is written of an object, so it is written once a minute only', {
      object,
      fix: `one installation may serve ${controllerName}: see with kubectl get leases -A whether another one does, and give it another --controller-name`,
    });
  }

  /** What is refused in the same words as others of its kind is in `daemun status`: it may be thousands. */
  #tellRefused(what: string, object: string, { status, message, alike }: RefusedAnswer): void {
    if (alike > 0) return;
    const more = 'others of its kind that are refused alike are not logged; daemun status has them';
    this.#parts.log.warn(what, { object, status, error: message, more });
  }
}
