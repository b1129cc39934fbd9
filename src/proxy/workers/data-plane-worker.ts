// SPDX-License-Identifier: Apache-2.0

import type { BindFailures, Snapshot } from '../../snapshot/index.ts';
import type { SessionKey } from '../filters/index.ts';
import type { TicketSecrets } from '../listeners/index.ts';
import type { Health } from '../upstream/index.ts';
import type { WorkerDump } from './worker-dump.ts';

/** What a drain came to, in requests. */
export interface DrainReport {
  /** Ended by themselves. */
  readonly finished: number;
  /** Still open at the deadline, and reset. */
  readonly cut: number;
}

/** One worker as the main thread sees it: in this thread or in another one. */
export interface DataPlaneWorker {
  /** False while it is being replaced. */
  readonly isRunning: boolean;
  /** Resolves when it can take a snapshot. */
  start(): Promise<void>;
  /**
   * As `apply`, but opens no port. Before the first `apply`: all is made ready for the first request, and none comes. Kept
   * as it is for a worker that replaces this one.
   */
  prepare(snapshot: Snapshot): Promise<void>;
  /** Resolves when the worker serves `snapshot`, rejects when it cannot execute it (a bug). Calls take effect in order. */
  apply(snapshot: Snapshot): Promise<BindFailures>;
  /** What session tokens are read and signed with (see `KeyRing`). In order with `apply`. Kept for a worker that replaces this one. */
  setSessionKeys(keys: readonly SessionKey[]): void;
  /** Health check results of one cluster, by endpoint key. Kept for a worker that replaces this one. */
  setHealth(cluster: string, health: ReadonlyMap<string, Health>): void;
  /** Whether it tells what happens to single requests and connections. Kept for a worker that replaces this one. */
  setDebug(on: boolean): void;
  /** New keys for session tickets. Kept for a worker that replaces this one. */
  rotateTickets(secrets: TicketSecrets): void;
  /** From now on health endpoints say that it drains; all else goes on. Kept for a worker that replaces this one. */
  announceLeaving(): void;
  /** Accepts no more connections, for good; those that there are stay. `drain` follows. */
  stopListening(): Promise<void>;
  /** Stops accepting, lets requests end until the timeout, resets the rest. null: it ended or hung before it could tell. */
  drain(timeoutMs: number): Promise<DrainReport | null>;
  dump(): Promise<WorkerDump>;
  /** Ends it at once. False, soon: it does not end, whatever is done; only the end of the process ends it. */
  close(): Promise<boolean>;
  /** As `close`, without asking first. */
  terminate(): Promise<boolean>;
}
