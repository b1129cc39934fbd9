// SPDX-License-Identifier: Apache-2.0
import type { ResourceObject } from '../controller/index.ts';
import { formatNamespacedName } from '../values/index.ts';
import { EXIT } from './exit-code.ts';
import { type Found, type Query, selectFrom } from './get/get-selection.ts';
import { type Changes, type GetOptions, writeChanges } from './get/object-output.ts';
import type { ResourceSource } from './resource-source.ts';
import type { Terminal } from './terminal.ts';

/** How often a running daemun is asked: soon enough for somebody who looks, and no load for who is asked. */
const EVERY_MS = 1000;

export interface WatchContext {
  readonly source: ResourceSource;
  readonly query: Query;
  /** What is printed already. */
  readonly first: readonly Found[];
  readonly options: GetOptions;
  readonly terminal: Terminal;
}

/**
 * `get -w`: prints each object again when it is new, changed or (once more, as kubectl does) gone, until a signal comes.
 * Rejects when the running process does not answer any more.
 */
export async function watchObjects({ source, query, first, options, terminal }: WatchContext): Promise<void> {
  let isStopped = false;
  const stopped = terminal
    .stopSignal(() => terminal.exit(EXIT.ok))
    .then(() => {
      isStopped = true;
    });
  let known = textsOf(first);
  for (;;) {
    await Promise.race([terminal.pause(EVERY_MS), stopped]);
    if (isStopped) return;
    const { found } = await selectFrom(source, query);
    const now = textsOf(found);
    writeChanges(changesOf(found, { now, known }), options, terminal);
    known = now;
  }
}

interface Known {
  readonly kind: Found['kind'];
  readonly object: ResourceObject;
  readonly text: string;
}

/** By kind and name; an object is what its JSON is. */
function textsOf(found: readonly Found[]): ReadonlyMap<string, Known> {
  const texts = new Map<string, Known>();
  for (const { kind, objects } of found) {
    for (const object of objects) {
      const key = `${kind.kind} ${formatNamespacedName(object.metadata)}`;
      texts.set(key, { kind, object, text: JSON.stringify(object) });
    }
  }
  return texts;
}

function changesOf(
  found: readonly Found[],
  { now, known }: { readonly now: ReadonlyMap<string, Known>; readonly known: ReadonlyMap<string, Known> },
): Changes[] {
  const changed = [...now].filter(([key, { text }]) => known.get(key)?.text !== text).map(([, one]) => one);
  const gone = [...known].filter(([key]) => !now.has(key)).map(([, one]) => one);
  return found.map(({ kind, objects }) => ({
    kind,
    beside: objects,
    objects: [...changed, ...gone].filter(one => one.kind === kind).map(({ object }) => object),
  }));
}
