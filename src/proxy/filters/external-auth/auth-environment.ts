// SPDX-License-Identifier: Apache-2.0

import type { Clock } from '../../../time/index.ts';
import type { HeaderListPool } from '../../../wire/index.ts';
import type { BodyMemory, MemoryBudget, SocketLoop } from '../../io/index.ts';
import type { WorkerMetrics } from '../../metrics/index.ts';
import type { ClusterPool } from '../../upstream/index.ts';

/** What the checks of one worker share. */
export interface AuthEnvironment {
  readonly loop: SocketLoop;
  readonly clock: Clock;
  readonly upstreams: { cluster(id: string): ClusterPool | undefined };
  readonly lists: HeaderListPool;
  readonly metrics: WorkerMetrics;
  readonly memory: MemoryBudget;
  readonly bodies: BodyMemory;
}
