// SPDX-License-Identifier: Apache-2.0

import type { Clock, Random } from '../../time/index.ts';
import { isObject } from '../plain-object.ts';
import { isNotThere, type KubeClient } from './kube-client.ts';
import { namesOf, type ObservedObject, type ObservedObjects, pathOf } from './observed-object.ts';
import type { Write } from './write.ts';
import { WRITE_PACE } from './write-pace.ts';
import { WriteQueue, type WriteQueueParts } from './write-queue.ts';

/** What a writer of statuses is made of. */
export interface StatusWriterParts extends Pick<WriteQueueParts, 'onRefused' | 'onContested'> {
  readonly client: Pick<KubeClient, 'request'>;
  readonly objects: Pick<ObservedObjects, 'observed' | 'noteWritten'>;
  readonly clock: Clock;
  readonly random: Random;
  /** The status that an object should have; what is stored, the very same value, when there is nothing to write. */
  merge(key: string, stored: ObservedObject): unknown;
}

/**
 * Writes statuses of objects that are marked, each on the version that it was merged with. When somebody else was faster, on what
 * they wrote. What the server answers is known from then on, so that the watch brings no news of it.
 */
export function statusWriter(parts: StatusWriterParts): WriteQueue {
  const { client, clock, random, onRefused, onContested } = parts;
  return new WriteQueue({
    client,
    clock,
    random,
    onRefused,
    ...(onContested === undefined ? {} : { onContested }),
    pace: WRITE_PACE,
    prepare: key => statusWrite(key, parts),
  });
}

function statusWrite(key: string, { client, objects, merge }: StatusWriterParts): Write | undefined {
  const stored = objects.observed(key);
  if (stored === undefined) return undefined;
  const status = merge(key, stored);
  if (status === undefined || status === stored.status) return undefined;
  const { apiVersion, uid, resourceVersion } = stored;
  const path = pathOf(stored);
  const { kind, namespace, name } = namesOf(key);
  const metadata = { name, ...(namespace !== '' && { namespace }), uid, resourceVersion };
  // What the watch told meanwhile is as new as the answer, or newer.
  const learn = (json: unknown): void => {
    if (objects.observed(key) === stored && isObject(json)) objects.noteWritten(json);
  };
  return {
    request: { method: 'PUT', path: `${path}/status`, body: { apiVersion, kind, metadata, status } },
    done: learn,
    async conflicted(signal) {
      if (objects.observed(key) !== stored) return;
      const answer = await client.request({ method: 'GET', path, signal });
      if (answer.status === 200) learn(answer.json);
      else if (!isNotThere(answer)) throw new Error(`${answer.status} when the object was read again`);
    },
  };
}
