// SPDX-License-Identifier: Apache-2.0

import type { Clock, Random } from '../../time/index.ts';
import type { HeaderListPool, HeadMemory } from '../../wire/index.ts';
import type { AccessLog } from '../access-log/index.ts';
import type { MacKey, MirrorUse } from '../filters/index.ts';
import type { BodyMemory, MemoryBudget, OwnSockets, SocketLoop } from '../io/index.ts';
import type { DebugLog, Log } from '../log/index.ts';
import type { RuleMetrics, WorkerMetrics } from '../metrics/index.ts';
import type { Tracers } from '../tracing/index.ts';
import type { UpstreamPools } from '../upstream/index.ts';
import type { HttpDate } from './http-date.ts';

/** What all requests of one worker share. Made once, by the worker. */
export interface Serving {
  readonly loop: SocketLoop;
  readonly upstreams: UpstreamPools;
  readonly ownSockets: OwnSockets;
  readonly lists: HeaderListPool;
  readonly heads: HeadMemory;
  readonly metrics: WorkerMetrics;
  /** Authenticate session tokens; the first one signs. Replaced when they rotate; empty until a rule wants sessions. */
  sessionKeys: readonly MacKey[];
  /** `loop.nowMs` is cheaper, and exact enough for what a request does. */
  readonly clock: Clock;
  /** Requests that no rule took. */
  readonly unruled: RuleMetrics;
  /** For weights and mirror shares. */
  readonly random: Random;
  /** Value of the `server` field of every response; null: what the endpoint says passes. */
  readonly serverHeader: string | null;
  /** The name by which `via` calls us, in requests and responses of endpoints; null: none is added. */
  readonly via: string | null;
  /** Whether responses carry `x-envoy-upstream-service-time`. */
  readonly upstreamServiceTime: boolean;
  /** For responses without `date`. */
  readonly date: HttpDate;
  /** null: off, which costs nothing. */
  readonly accessLog: AccessLog | null;
  readonly tracers: Tracers;
  readonly log: Log;
  readonly debug: DebugLog;
  /** What requests and clients' connections hold together. */
  readonly memory: MemoryBudget;
  readonly bodies: BodyMemory;
  /** What mirrored requests use. */
  readonly mirrors: MirrorUse;
}
