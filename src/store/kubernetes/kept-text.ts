// SPDX-License-Identifier: Apache-2.0

/**
 * How a world is kept: objects as the API server gives them, so that whatever version of daemun reads them judges and translates them
 * anew. One object a line; the first line says what they are. Then come batches, each closed by how many lines it has: the first has all
 * objects, the others those that changed, or are gone. What is not closed was not written to its end, and does not count.
 *
 *     {"daemun":"kept objects","format":2,"server":"https://…","versions":{"HTTPRoute":"v1",…}}
 *     {"apiVersion":…,"kind":"HTTPRoute",…}
 *     {"lines":1,"takenAt":"…"}
 *     {"gone":"HTTPRoute/default/a"}
 *     {"lines":1,"takenAt":"…"}
 */
import { isObject, mappingOf } from '../plain-object.ts';

type RawObject = Readonly<Record<string, unknown>>;

/** The objects of a cluster. */
export interface World {
  /** Kind → version that it is served in. */
  readonly versions: ReadonlyMap<string, string>;
  /** Each names its kind. */
  readonly objects: Iterable<RawObject>;
}

/** A world that was kept. */
export interface KeptObjects extends World {
  /** When it was like that last, in wall time. */
  readonly takenAtMs: number;
}

/** A line: an object, or the key (`Kind/namespace/name`) of one that is gone. */
export type KeptLine = RawObject | { readonly gone: string };

const FORMAT = 2;
const MARK = 'kept objects';
/** Each text that is handed over is so many lines, so that the thread is free in between. */
const LINES_AT_ONCE = 100;

export function headText(server: string, versions: ReadonlyMap<string, string>): string {
  return line({ daemun: MARK, format: FORMAT, server, versions: Object.fromEntries(versions) });
}

/** `takenAt`: RFC 3339. */
export function* batchTexts(content: Iterable<KeptLine>, takenAt: string): Generator<string> {
  let count = 0;
  let lines: string[] = [];
  for (const one of content) {
    lines.push(line(one));
    count++;
    if (lines.length < LINES_AT_ONCE) continue;
    yield lines.join('');
    lines = [];
  }
  yield lines.join('') + line({ lines: count, takenAt });
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

/** @throws Error when the first batch is not whole, or it is of another server, or in a format that we do not know. */
export function readWorld(text: string, server: string): KeptObjects {
  const [first = '', ...lines] = text.split('\n');
  const head = mappingOf(JSON.parse(first));
  if (head['daemun'] !== MARK) throw new Error('it is not what daemun keeps');
  if (head['format'] !== FORMAT)
    throw new Error(`it is in format ${String(head['format'])}, of another version; this one keeps format ${FORMAT}`);
  if (head['server'] !== server) throw new Error(`it is of another API server: ${String(head['server'])}`);
  const versions = Object.entries(mappingOf(head['versions'])).map(
    ([kind, version]) => [kind, String(version)] as const,
  );
  const { objects, takenAtMs } = readBatches(lines);
  return { takenAtMs, versions: new Map(versions), objects: objects.values() };
}

function readBatches(lines: readonly string[]): { objects: ReadonlyMap<string, RawObject>; takenAtMs: number } {
  const objects = new Map<string, RawObject>();
  let takenAtMs = Number.NaN;
  let batch: RawObject[] = [];
  for (const text of lines) {
    const read = parse(text);
    if (read === null) break;
    const { lines: count, takenAt } = read;
    if (typeof count !== 'number') {
      batch.push(read);
      continue;
    }
    if (count !== batch.length) break;
    for (const one of batch) apply(objects, one);
    takenAtMs = Date.parse(String(takenAt));
    batch = [];
  }
  if (Number.isNaN(takenAtMs)) throw new Error('it is not whole');
  return { objects, takenAtMs };
}

/** null: it is cut off, or was never a line of ours. */
function parse(text: string): RawObject | null {
  try {
    const read: unknown = JSON.parse(text);
    return isObject(read) ? read : null;
  } catch {
    return null;
  }
}

function apply(objects: Map<string, RawObject>, one: RawObject): void {
  const { gone } = one;
  if (typeof gone === 'string') objects.delete(gone);
  else objects.set(keyOf(one), one);
}

function keyOf({ kind, metadata }: RawObject): string {
  const { namespace, name } = mappingOf(metadata);
  return [kind, ...(typeof namespace === 'string' && namespace !== '' ? [namespace] : []), name].join('/');
}
