// SPDX-License-Identifier: Apache-2.0
import type { MetricFamily } from './metric-family.ts';

/** What the admin server may ask of the process. Every answer is plain data, with secrets left out already. */
export interface AdminSource {
  /**
   * Not ready: why, in one line, and the sockets that cannot be bound. Ready, of a cluster that is not followed: from when what is served
   * is (RFC 3339); null where that is now.
   */
  readiness():
    | { readonly ready: true; readonly staleSince: string | null }
    | { readonly ready: false; readonly reason: string; readonly unbound: readonly UnboundSocket[] };
  /** Whether there is anything to show of what is served: not before the first reload has ended. */
  isLoaded(): boolean;
  /** Counters as they stand now. */
  metrics(): readonly MetricFamily[];
  /** What the data plane holds now: bindings, routes, clusters, endpoints, certificates. */
  config(): Promise<unknown>;
  /** Which rule takes a request. `fault`: the question itself is wrong. */
  explain(question: URLSearchParams): { readonly explanation: unknown } | { readonly fault: string };
  /** Objects with their statuses; null for `kind` lists all kinds. null: there is no such kind. */
  resources(kind: string | null): readonly AdminResource[] | null;
  /** All findings, with places. */
  findings(): readonly unknown[];
  /** How the process is, what it serves, and what is broken, in short. */
  summary(): unknown;
  /** Files of a support bundle, without secrets. */
  bundle(): Promise<readonly { readonly name: string; readonly text: string }[]>;
  /** What an agent of a mesh does with connections to Services; `fault`: why there is nothing to say. */
  mesh(): Promise<{ readonly report: unknown } | { readonly fault: string }>;
  logLevel(): string;
  /** false: there is no such level. */
  setLogLevel(level: string): boolean;
}

/** A Kubernetes object; only its names matter here. */
export interface AdminResource {
  readonly kind: string;
  readonly metadata: { readonly namespace: string; readonly name: string };
}

/** A socket that cannot be bound. */
export interface UnboundSocket {
  readonly address: string;
  readonly port: number;
  /** Listeners that wait for it. */
  readonly listeners: readonly string[];
  readonly problem: string;
}
