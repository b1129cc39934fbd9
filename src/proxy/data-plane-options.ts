// SPDX-License-Identifier: Apache-2.0

import type { Clock, Random } from '../time/index.ts';
import type { HostResolver } from './discovery/index.ts';
import type { KeyStore } from './key-ring.ts';
import type { Log } from './log/index.ts';
import type { ShareQuestion } from './workers/port-claims.ts';

export interface DataPlaneOptions {
  /** Threads; 0: in this thread. One where the OS cannot share a port. */
  readonly workers: number;
  /** Value of the `server` response field; null: none. */
  readonly serverHeader: string | null;
  /** The name by which `via` calls us; null: none is added. */
  readonly via: string | null;
  /** Whether responses carry `x-envoy-upstream-service-time`. */
  readonly upstreamServiceTime: boolean;
  /** Takes batches of lines, each ended by a newline; null: no access log. */
  readonly accessLog: ((lines: string) => void) | null;
  readonly log: Log;
  /** Takes what happens to single requests and connections, after `setDebug(true)`. Default: nobody hears. */
  readonly debug?: (message: string, fields: Readonly<Record<string, unknown>>) => void;
  /** How long `drain` lets requests go on. */
  readonly drainTimeoutMs: number;
  /** Keeps the keys of session tokens over restarts and for other processes. Default: they live as long as this one. */
  readonly sessionKeys?: KeyStore;
  /** The same of the keys of TLS session tickets. */
  readonly ticketKeys?: KeyStore;
  /** Which sockets in use another process shares with this one on purpose. Default: none. */
  readonly mayShare?: ShareQuestion;
  /** Sockets were refused while nobody waited for `apply`: by a worker that was replaced. Default: nothing. */
  readonly onUnbound?: () => void;
  /** Default: the system's. */
  readonly resolve?: HostResolver;
  /** Of this thread; worker threads have the machine's. */
  readonly clock: Clock;
  /** As `clock`. */
  readonly random: Random;
}
