// SPDX-License-Identifier: Apache-2.0

/** What the API server has of an object, beside what is translated: what a writer of its status needs. */
export interface ObservedObject {
  /** `Kind/namespace/name` (`Kind/name`). */
  readonly key: string;
  /** Of the object itself; its status is at `${path}/status`. */
  readonly path: string;
  readonly apiVersion: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
  /** As the server has it, every byte of other controllers too; undefined: none was ever written. */
  readonly status: unknown;
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
