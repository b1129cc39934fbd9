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

/** Where a cluster is. */
export interface ClusterOptions {
  /** `--kubernetes`: ask a cluster. */
  readonly kubernetes?: boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
  /** `--controller-name`: whose classes are looked at. */
  readonly controllerName?: string;
}

export interface SourceOptions extends ClusterOptions {
  /** `-f`: offline. */
  readonly filename?: readonly string[];
  /** `--admin`: the running process. */
  readonly admin: string;
  /** How long that may take for an answer. Default 10,000. */
  readonly answerTimeoutMs?: number;
  /** `--node-name` and `--zone`, of commands to which distances matter: not for a running process, which knows where it is. */
  readonly nodeName?: string;
  readonly zone?: string;
}
