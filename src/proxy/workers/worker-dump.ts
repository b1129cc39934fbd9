// SPDX-License-Identifier: Apache-2.0

import type { ListenersDump } from '../listeners/index.ts';
import type { ClusterPool, Health, ShownEndpoint } from '../upstream/index.ts';

/** What one worker holds now. Plain data; no secrets. */
export interface WorkerDump {
  readonly version: number;
  readonly bindings: ListenersDump;
  readonly clusters: readonly ClusterDump[];
}

export interface ClusterDump {
  readonly id: string;
  readonly pendingRequests: number;
  readonly endpoints: readonly EndpointDump[];
}

export interface EndpointDump {
  readonly address: string;
  readonly port: number;
  readonly name: string;
  readonly state: 'ready' | 'draining';
  readonly health: Health;
  /** Takes new streams. */
  readonly usable: boolean;
  readonly ejected: boolean;
  /** The last connect failed. */
  readonly failing: boolean;
  readonly connections: number;
  /** As published (`Endpoint.distance`). */
  readonly distance: number;
  readonly activeRequests: number;
}

/** One cluster of a worker. */
export function dumpCluster(pool: ClusterPool): ClusterDump {
  return { id: pool.id, pendingRequests: pool.pending, endpoints: pool.shownEndpoints().map(dumpEndpoint) };
}

function dumpEndpoint(endpoint: ShownEndpoint): EndpointDump {
  const { address, port, name, state, distance, health, usable, ejected, failing, connections, activeRequests } =
    endpoint;
  return {
    address,
    port,
    name,
    state,
    health,
    usable,
    ejected,
    failing,
    connections,
    distance,
    activeRequests,
  };
}
