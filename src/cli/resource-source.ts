// SPDX-License-Identifier: Apache-2.0
import type { ConfigDump, LocatedFinding, ResourceObject } from '../controller/index.ts';
import type { Explanation, StreamExplanation } from '../match/index.ts';

/** What `get`, `describe`, `explain` and `proxy-config` read: a running process, or manifests. */
export interface ResourceSource {
  /** All objects of a kind, with statuses, sorted. */
  list(kind: string): Promise<readonly ResourceObject[]>;
  findings(): Promise<readonly LocatedFinding[]>;
  explain(question: URLSearchParams): Promise<Explanation | StreamExplanation>;
  config(): Promise<ConfigDump>;
}

export interface SourceOptions {
  /** `-f`: offline. */
  readonly filename?: readonly string[];
  /** `--admin`: the running process. */
  readonly admin: string;
}
