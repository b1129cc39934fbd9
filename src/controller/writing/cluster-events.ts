// SPDX-License-Identifier: Apache-2.0

import { createHash } from 'node:crypto';
import type { Condition } from '../../resources/index.ts';
import type { ObservedObjects, Write, WriteQueue } from '../../store/index.ts';
import type { Clock } from '../../time/index.ts';
import type { View } from '../shown/view.ts';
import { type StatusChange, statusChanges } from './status-change.ts';

/** Events that wait; what comes on top is not told: the statuses say it anyway. */
const MAX_WAITING = 500;
/** Bytes of a note that the API takes. */
const MAX_NOTE_BYTES = 1_024;
/** Characters of a name that the API takes. */
const MAX_NAME = 253;
/** Characters of a reporting instance that the API takes. */
const MAX_INSTANCE = 128;

export interface ClusterEventsParts {
  readonly controllerName: string;
  /** Names this process. */
  readonly instance: string;
  readonly objects: Pick<ObservedObjects, 'observed'>;
  readonly clock: Pick<Clock, 'wallMs'>;
}

/** What happened to an object, for `kubectl describe`. */
interface Happening {
  /** `Kind/namespace/name`. */
  readonly object: string;
  readonly type: 'Warning' | 'Normal';
  readonly reason: string;
  readonly note: string;
  /** What tells it apart from others of the same object. */
  readonly identity: string;
}

/**
 * Tells as Events what conditions turn bad, and good again. An Event's name is a hash of what it says and of the generation that it is
 * about: the API server itself refuses what was told before, by this process or by another, for as long as it keeps Events.
 */
export class ClusterEvents {
  readonly #parts: ClusterEventsParts;
  readonly #waiting = new Map<string, Happening>();
  #statuses: View['statuses'] | null = null;
  #queue: WriteQueue | null = null;

  constructor(parts: ClusterEventsParts) {
    this.#parts = parts;
  }

  /** Begins to write through `queue`; null: somebody else leads. */
  writeThrough(queue: WriteQueue | null): void {
    this.#queue = queue;
    this.#waiting.clear();
    if (queue !== null && this.#statuses !== null) this.#tellChanges(statusChanges(null, this.#statuses));
  }

  /** After each reload. */
  reloaded({ statuses }: Pick<View, 'statuses'>, changes: readonly StatusChange[]): void {
    this.#statuses = statuses;
    this.#tellChanges(changes);
  }

  /** Tells something else about an object that is not as it should be. */
  warn(object: string, reason: string, note: string): void {
    this.#tell({ object, type: 'Warning', reason, note, identity: `${reason} ${note}` });
  }

  prepare(key: string): Write | undefined {
    const happening = this.#waiting.get(key);
    const body = happening === undefined ? undefined : this.#event(key, happening);
    if (body === undefined) {
      this.#waiting.delete(key);
      return undefined;
    }
    const forget = (): void => void this.#waiting.delete(key);
    return {
      request: { method: 'POST', path: `/apis/events.k8s.io/v1/namespaces/${namespaceOf(key)}/events`, body },
      done: forget,
      dropped: forget,
      conflicted: () => {
        forget();
        return Promise.resolve();
      },
    };
  }

  #tellChanges(changes: readonly StatusChange[]): void {
    if (this.#queue === null) return;
    for (const { key, before, after } of changes)
      for (const happening of happenings(key, before ?? {}, after ?? {})) this.#tell(happening);
  }

  #tell(happening: Happening): void {
    if (this.#queue === null || this.#waiting.size >= MAX_WAITING) return;
    const key = eventKey(happening);
    this.#waiting.set(key, happening);
    this.#queue.mark(key);
  }

  #event(key: string, { object, type, reason, note }: Happening): object | undefined {
    const regarding = this.#parts.objects.observed(object);
    if (regarding === undefined) return undefined;
    const [kind = '', ...names] = object.split('/');
    const name = names.at(-1) ?? '';
    const { apiVersion, uid } = regarding;
    return {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { namespace: namespaceOf(key), name: key.split('/').at(-1) },
      eventTime: new Date(this.#parts.clock.wallMs()).toISOString().replace('Z', '000Z'),
      reportingController: this.#parts.controllerName,
      reportingInstance: this.#parts.instance.slice(0, MAX_INSTANCE),
      action: 'Reconcile',
      reason,
      type,
      note: cut(note),
      regarding: { apiVersion, kind, uid, name, ...(names.length > 1 && { namespace: names[0] }) },
    };
  }
}

/** What turned bad and what turned good between two statuses of an object; each message once. */
function happenings(object: string, before: StatusParts, after: StatusParts): readonly Happening[] {
  const known = new Map(conditionsOf(before).map(({ place, condition }) => [`${place}${condition.type}`, condition]));
  const told = new Map<string, Happening>();
  for (const { place, condition } of conditionsOf(after)) {
    const { type, status, reason, message, observedGeneration } = condition;
    const was = known.get(`${place}${type}`)?.status;
    const isNews = status === 'False' ? was !== 'False' : status === 'True' && was === 'False';
    if (!isNews || told.has(message)) continue;
    const identity = JSON.stringify([place, type, status, reason, message, observedGeneration]);
    const note = `${place}${message}`;
    told.set(message, { object, type: status === 'False' ? 'Warning' : 'Normal', reason, note, identity });
  }
  return [...told.values()];
}

/** Conditions that are good when they are True; the others are told with them. */
const GOOD_WHEN_TRUE: ReadonlySet<string> = new Set(['Accepted', 'Programmed', 'ResolvedRefs']);

/** The parts of statuses of all kinds that hold conditions. */
interface StatusParts {
  readonly conditions?: readonly Condition[];
  readonly listeners?: readonly (StatusParts & { readonly name: string })[];
  readonly parents?: readonly (StatusParts & { readonly parentRef: { readonly name: string } })[];
  readonly ancestors?: readonly (StatusParts & { readonly ancestorRef: { readonly name: string } })[];
}

/** With the listener, parent or ancestor that they are about, as the note begins. */
function conditionsOf(status: StatusParts): readonly { readonly place: string; readonly condition: Condition }[] {
  const { conditions = [], listeners = [], parents = [], ancestors = [] } = status;
  return [
    ...good('', conditions),
    ...listeners.flatMap(each => good(`Listener ${each.name}: `, each.conditions ?? [])),
    ...parents.flatMap(each => good(`${each.parentRef.name}: `, each.conditions ?? [])),
    ...ancestors.flatMap(each => good(`${each.ancestorRef.name}: `, each.conditions ?? [])),
  ];
}

function good(place: string, conditions: readonly Condition[]) {
  return conditions.filter(({ type }) => GOOD_WHEN_TRUE.has(type)).map(condition => ({ place, condition }));
}

/** `Event/namespace/name`; of objects without a namespace in `default`, as the API wants it. */
function eventKey({ object, identity }: Happening): string {
  const [, ...names] = object.split('/');
  const namespace = names.length > 1 ? names[0] : 'default';
  const hash = createHash('sha256').update(`${object} ${identity}`).digest('hex').slice(0, 16);
  // Names of Events are as long as those of other objects.
  return `Event/${namespace}/${names
    .at(-1)
    ?.slice(0, MAX_NAME - hash.length - 1)
    .replace(/[-.]+$/, '')}.${hash}`;
}

function namespaceOf(key: string): string {
  return key.split('/')[1] ?? '';
}

/** As many characters as the API takes bytes of. */
function cut(note: string): string {
  const bytes = Buffer.from(note);
  if (bytes.length <= MAX_NOTE_BYTES) return note;
  return `${bytes
    .subarray(0, MAX_NOTE_BYTES - 6)
    .toString('utf8')
    .replace(/\uFFFD+$/, '')}…`;
}
