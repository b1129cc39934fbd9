// SPDX-License-Identifier: Apache-2.0

import type { Finding, ResourceRef, SourcePlace } from '../errors/index.ts';
import type { ResourceSet } from '../resources/index.ts';

/** Where resources come from. */
export interface Store {
  /** Resolves when everything has been read once. Throws only when it cannot work at all. */
  start(): Promise<void>;
  /** What holds now. The same object until something changes. Empty before `start`. */
  current(): StoreContents;
  /** Calls `listener` after each change of `current()`, never before `start` resolved. Listeners stay until `close`. */
  onChange(listener: () => void): void;
  /** Reads everything again, whether or not it seems to have changed. No effect before `start`. */
  reread(): void;
  /** Goes through what a change takes, without one, so that the first change finds the way compiled. Nobody notices. */
  rehearse(): void;
  /** The place of the deepest existing node on a path in an object; undefined when the object is not written anywhere. */
  locate(ref: ResourceRef, path: readonly (string | number)[]): SourcePlace | undefined;
  /** Ends watching. No listener is called afterwards. */
  close(): Promise<void>;
}

export interface StoreContents {
  readonly resources: ResourceSet;
  /** About reading: syntax, schema, duplicates, unknown kinds. In the order of the files, duplicates last. */
  readonly findings: readonly Finding[];
  /** Versions of the Gateway API that its definitions on the server name, '' for one that names none. Absent: not known. */
  readonly bundleVersions?: readonly string[];
  /** The definitions on the server are of the standard channel: fields of the experimental one cannot be written. Absent: they are not. */
  readonly lacksExperimental?: boolean;
  /** Kinds that the server does not have. Absent: it has all. */
  readonly absentKinds?: ReadonlySet<string>;
}
