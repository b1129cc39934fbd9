// SPDX-License-Identifier: Apache-2.0

import type { FakeObject, FakeObjects, Json } from './fake-objects.test-support.ts';
import { READ_KINDS } from './read-kinds.ts';

/** What becomes of an object that is applied: how it is stored, or why it is not. */
export type Admission = (object: FakeObject) => FakeObject | string;

interface WriteRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

interface Answer {
  readonly status: number;
  readonly json: unknown;
}

/** What is written to. */
interface Written {
  readonly objects: FakeObjects;
  /** Those that were told. */
  readonly events: Readonly<Json>[];
  /** null: nothing is applied. */
  readonly admit: Admission | null;
}

/** Takes statuses, deletions, Events, and what is let in. */
export function answerWrite({ method, path, body }: WriteRequest, { objects, events, admit }: Written): Answer {
  if (method === 'DELETE') return deleted(path, objects);
  if (method === 'POST' && path.endsWith('/events')) {
    const event = JSON.parse(body) as Json;
    events.push(event);
    return { status: 201, json: event };
  }
  if (method === 'PATCH' && admit !== null) return applied(JSON.parse(body) as FakeObject, objects, admit);
  return method === 'PUT' ? statusPut(path, JSON.parse(body) as Json, objects) : failed(404);
}

/** As an API server says it; `reason` where it has one. */
export function failed(code: number, message: string = `fake ${code}`, reason?: string): Answer {
  return { status: code, json: { kind: 'Status', code, message, reason } };
}

function statusPut(path: string, { status }: Json, objects: FakeObjects): Answer {
  const [, collection = '', namespace = '', plural = '', name = ''] =
    /^(.*?)(?:\/namespaces\/([^/]+))?\/([^/]+)\/([^/]+)\/status$/.exec(path) ?? [];
  const object = objects.putStatus([`${collection}/${plural}`, `${namespace}/${name}`], status);
  return object === undefined ? failed(404) : { status: 200, json: object };
}

function deleted(path: string, objects: FakeObjects): Answer {
  const [, root = '', namespace = '', plural = '', name = ''] =
    /^(.*)\/namespaces\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  const kind = READ_KINDS.find(one => objects.pathOf(one.kind) === `${root}/${plural}`)?.kind;
  if (kind === undefined || objects.stored({ kind, namespace, name }) === undefined) return failed(404);
  objects.delete({ kind, namespace, name });
  return { status: 200, json: {} };
}

function applied({ metadata, ...fields }: FakeObject, objects: FakeObjects, admit: Admission): Answer {
  const { namespace = '', name = '' } = metadata as { namespace?: string; name?: string };
  const admitted = admit({ ...fields, metadata, namespace, name });
  if (typeof admitted === 'string') return failed(422, admitted);
  objects.put(admitted);
  return { status: 200, json: objects.stored(admitted) };
}
