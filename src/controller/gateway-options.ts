// SPDX-License-Identifier: Apache-2.0
import type { MetricFamily } from '../admin/index.ts';
import { type Clock, type Random, systemClock, systemRandom } from '../time/index.ts';
import type { Place } from '../translate/index.ts';
import type { WantedAdmin } from './admin-place.ts';
import { type GatewayLog, silentLog } from './log/log.ts';
import type { Trouble } from './shown/trouble.ts';

/** How a gateway runs, wherever its resources come from. */
export interface GatewayOptions {
  /** Threads of the data plane; 0 runs it in this thread. Default 0. */
  readonly workers?: number;
  /** Where the admin server listens; port 0 finds a free one. Default null: none. */
  readonly admin?: WantedAdmin | null;
  /** Where `--demo` keeps its development CA, and rules with session persistence the keys of their tokens. Default: `daemun` in the XDG state directory. */
  readonly stateDirectory?: string;
  /** Gets lines of the access log. Default null: none is written. */
  readonly accessLog?: ((lines: string) => void) | null;
  /** The `server` header of responses that daemun makes itself or forwards; null: none. Default `daemun`. */
  readonly serverHeader?: string | null;
  /** The name by which `via` calls the gateway, in requests and responses; null: none is added. Default null. */
  readonly via?: string | null;
  /** Adds `x-envoy-upstream-service-time` to responses. Default true. */
  readonly upstreamServiceTime?: boolean;
  /** How long requests may take to end when the gateway stops. Default 30 seconds. */
  readonly drainTimeoutMs?: number;
  /** How long it goes on as before when it stops, but for health checks, which fail at once: load balancers need that time to notice. Default 0. */
  readonly drainDelayMs?: number;
  /** The node and the zone of this process: endpoints near it may be preferred. Default: not known; a known node's zone is looked up among endpoints. */
  readonly place?: Place;
  readonly log?: GatewayLog;
  /** Default: the machine's. Worker threads have their own. */
  readonly clock?: Clock;
  readonly random?: Random;
  /** More counters for `/metrics`. Default: none. */
  readonly metrics?: () => readonly MetricFamily[];
  /** What more is not well, for `/status`. Default: nothing. */
  readonly troubles?: () => readonly Trouble[];
}

export const DEFAULT_DRAIN_TIMEOUT_MS = 30_000;

export type GatewaySettings = Required<Omit<GatewayOptions, 'stateDirectory'>>;

/** The options with their defaults, except the state directory, which depends on the environment. */
export function withGatewayDefaults(options: GatewayOptions): GatewaySettings {
  return {
    workers: options.workers ?? 0,
    place: options.place ?? { node: null, zone: null },
    admin: options.admin ?? null,
    accessLog: options.accessLog ?? null,
    serverHeader: options.serverHeader === undefined ? 'daemun' : options.serverHeader,
    via: options.via ?? null,
    upstreamServiceTime: options.upstreamServiceTime ?? true,
    drainTimeoutMs: options.drainTimeoutMs ?? DEFAULT_DRAIN_TIMEOUT_MS,
    drainDelayMs: options.drainDelayMs ?? 0,
    log: options.log ?? silentLog(),
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
    metrics: options.metrics ?? (() => []),
    troubles: options.troubles ?? (() => []),
  };
}
