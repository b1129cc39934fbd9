// SPDX-License-Identifier: Apache-2.0

import { collectionPath, READ_KINDS } from './read-kinds.ts';

/** What the API server has of an object, beside what is translated: what a writer of its status needs. */
export interface ObservedObject {
  /** `Kind/namespace/name` (`Kind/name`). */
  readonly key: string;
  readonly apiVersion: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
  /** As the server has it, every byte of other controllers too; undefined: none was ever written. */
  readonly status: unknown;
}

/**
 * Of the object itself; its status is at `${path}/status`. Made when it is asked for: objects are thousands, of which few are written.
 *
 * @throws Error for a kind that is not read.
 */
export function pathOf({ key, apiVersion }: ObservedObject): string {
  const { kind, namespace, name } = namesOf(key);
  const declaration = READ_KINDS.find(one => one.kind === kind)?.declaration;
  if (declaration === undefined) throw new Error(`nobody observes objects of kind ${kind}`);
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1);
  return `${collectionPath(declaration, version, namespace)}/${name}`;
}

/** `Kind/namespace/name` in its parts; namespace '' where it has none. */
export function namesOf(key: string): { readonly kind: string; readonly namespace: string; readonly name: string } {
  const parts = key.split('/');
  return { kind: parts[0] ?? '', namespace: parts.length > 2 ? (parts[1] ?? '') : '', name: parts.at(-1) ?? '' };
}

/** What is known of the objects of a cluster whose status may be written. */
export interface ObservedObjects {
  /** By `Kind/namespace/name`; undefined: the object is not there. */
  observed(key: string): ObservedObject | undefined;
  /** Calls `listener` with the key of each object with a status that may be ours of which anything changed on the server, or that is gone. */
  onObserved(listener: (key: string) => void): void;
  /** Tells what the server answered to a write: an object as it is now. What a watch says of it later is no news. */
  noteWritten(object: Readonly<Record<string, unknown>>): void;
}
