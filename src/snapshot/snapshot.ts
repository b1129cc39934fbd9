// SPDX-License-Identifier: Apache-2.0

/**
 * What a data plane must do. It knows neither Kubernetes nor Envoy, is plain data (it survives a structured clone), is
 * sorted by a total order, and parts that did not change keep their identity from one translation to the next.
 */
import type { Cluster, EndpointSet } from './cluster.ts';
import type { Certificate, Listener } from './listener.ts';

export interface Snapshot {
  /** Grows by one with each publish. */
  readonly version: number;
  /** Sorted by id. */
  readonly bindings: readonly Binding[];
  /** Sorted by id. Every cluster id that a rule names is here. */
  readonly clusters: readonly Cluster[];
  /** Sorted by cluster. Published apart from the rest: endpoints change most often. */
  readonly endpoints: readonly EndpointSet[];
  /** Sorted by id. */
  readonly certificates: readonly Certificate[];
}

/** One socket that the data plane listens on. */
export interface Binding {
  /** `127.0.0.1:8443/tcp`: the address and port bound. */
  readonly id: string;
  readonly address: string;
  readonly port: number;
  readonly transport: 'tcp' | 'udp';
  /** Sorted, most specific hostname first. Exactly one of them owns a given host (listener isolation). Never empty. */
  readonly listeners: readonly Listener[];
}
