// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../errors/index.ts';
import type { Resource, ResourceSet } from '../resources/index.ts';
import { compareStrings } from '../values/index.ts';
import { withChanges } from './resource-changes.ts';

/** An object whose change breaks the translation, by a fault of ours, so that it was left out of it. */
export interface SetAside {
  /** Where in a `ResourceSet` it is. */
  readonly field: keyof ResourceSet;
  readonly name: string;
  /** undefined: it was deleted. */
  readonly written: Resource | undefined;
  /** As it is served; undefined: it is not. */
  readonly served: Resource | undefined;
  /** What broke. */
  readonly finding: Finding;
  /** Milliseconds since the epoch. */
  readonly sinceMs: number;
}

/** What is written, but for what was set aside, which is as it is served. */
export function asServed(written: ResourceSet, setAside: readonly SetAside[]): ResourceSet {
  return setAside.length === 0
    ? written
    : withChanges(
        written,
        setAside.map(({ field, name, served }) => ({ field, name, after: served })),
      );
}

/** By kind, then by name: in whatever order they were found. */
export function compareAside(a: SetAside, b: SetAside): number {
  return compareStrings(a.field, b.field) || compareStrings(a.name, b.name);
}
