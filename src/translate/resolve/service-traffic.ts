// SPDX-License-Identifier: Apache-2.0

import type { BackendSession, RetryConstraint } from '../../snapshot/index.ts';

/** What an XBackendTrafficPolicy says of the requests to a Service. Plain data. */
export interface ServiceTraffic {
  readonly retryConstraint: RetryConstraint | null;
  readonly session: BackendSession | null;
}

/** By `namespace/name`, Services that policies are for; each keeps its identity while it is unchanged. */
export type TrafficOfServices = ReadonlyMap<string, ServiceTraffic>;
