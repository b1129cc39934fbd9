// SPDX-License-Identifier: Apache-2.0

import type { DataPlaneDump } from '../proxy/index.ts';
import type { Binding, Certificate, Cluster, EndpointSet, Snapshot } from '../snapshot/index.ts';
import { REDACTED } from './resource-view.ts';

/** What the data plane was given, keys left out, and what its workers say of themselves. */
export interface ConfigDump {
  readonly version: number;
  readonly bindings: readonly Binding[];
  readonly clusters: readonly Cluster[];
  readonly endpoints: readonly EndpointSet[];
  readonly certificates: readonly Certificate[];
  /** The workers' own view: connections, endpoint health. null offline. */
  readonly live: DataPlaneDump | null;
}

/** Makes the dump. `live`: from `DataPlane.dump()`, or null. */
export function dumpConfig(snapshot: Snapshot, live: DataPlaneDump | null): ConfigDump {
  const { version, bindings, clusters, endpoints } = snapshot;
  const certificates = snapshot.certificates.map(certificate => ({ ...certificate, key: REDACTED }));
  return { version, bindings, clusters, endpoints, certificates, live };
}
